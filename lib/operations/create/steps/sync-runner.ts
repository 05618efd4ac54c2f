import { runnerFiles } from '@/lib/commands/sync'
import { removeRunner } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import { syncProgram } from '@/lib/domain/sync-names'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'

/** The program that copies, its settings, and the one host key of the primary that it accepts. */
export function syncRunner(basis: FileBasis): Step<FileContext> {
  const { hosts, pair } = basis
  const files = runnerFiles(syncOf(basis))
  const at = pairPlaces(hosts.standby, pair.slug)
  return {
    planned: {
      id: 'sync-runner',
      title: `Install the file sync on ${hosts.standby.name}`,
      host: 'standby',
      preview: files.map(filePreview),
      undo: 'undo',
      undoSentence: 'Removes these files.',
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 3,
    },
    async check({ doors }) {
      return (await haveFiles(doors.standby, files))
        ? { done: true, sentence: `${syncProgram(at)} and its settings are there already.` }
        : { done: false }
    },
    async run({ doors }) {
      await writeFiles(doors.standby, files)
    },
    async verify({ doors }) {
      if (!(await haveFiles(doors.standby, files)))
        throw stepFailed('Not all files of the sync are there as they were written.', 'Resume the operation.')
      return `${files.length} files are on ${hosts.standby.name}; nothing runs by them yet.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(removeRunner(at), { timeoutMs: 60_000 })
      return `Removed the file sync from ${hosts.standby.name}.`
    },
  }
}
