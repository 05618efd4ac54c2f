import { toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { type Sync, senderFiles } from '@/lib/commands/sync'
import { removeSender } from '@/lib/commands/sync-runs'
import {
  findMarks,
  markSources,
  removeMarks,
  sourceMarkForeign,
  sourceMissing,
} from '@/lib/commands/sync-sources'
import { sourceMarkName } from '@/lib/domain/sync-names'
import { AppError } from '@/lib/errors'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'
import type { CommandResult } from '@/lib/ports/host-door'

const timeoutMs = 30_000

/** Whether every directory got its mark, by the exit code of `markSources`. */
export function throwUnlessMarked(name: string, marked: CommandResult): void {
  if (marked.exitCode === sourceMissing)
    throw new AppError('PRECONDITION_FAILED', `${marked.stdout.trim()} is not there on ${name}.`, {
      fix: 'See why (is its file system mounted?), then resume; or undo and leave it out.',
    })
  if (marked.exitCode === sourceMarkForeign)
    throw new AppError(
      'PRECONDITION_FAILED',
      `${marked.stdout.trim()} on ${name} has a ${sourceMarkName} that no operation made.`,
      { fix: 'See what it is and who put it there, take it away, then resume.' },
    )
  if (marked.exitCode !== 0)
    throw new AppError('HOST_COMMAND_FAILED', `The directories of ${name} can’t be marked.`, {
      fix: 'See that their file systems are writable, then resume.',
      detail: lastSaid(marked.stderr),
    })
}

/** What the primary does for the standby, in words. */
const gives = ({ directories, packages }: Sync): string =>
  [
    ...(directories.length > 0 ? ['send its directories'] : []),
    ...(packages ? ['say which packages it has'] : []),
  ].join(', ')

/** The primary sends these directories, says which packages it has, and nothing else; directories only while they carry their mark. */
export function syncSender(basis: FileBasis): Step<FileContext> {
  const { hosts, operationId } = basis
  const sync = syncOf(basis)
  const at = sync.places.primary
  const files = senderFiles(sync)
  const mark = markSources(sync, markOf(operationId))
  const isDone = async ({ doors: { primary } }: FileContext) =>
    (await haveFiles(primary, files)) && (await primary.run(findMarks(sync), { timeoutMs })).exitCode === 0
  return {
    planned: {
      id: 'sync-sender',
      title: `Let ${hosts.primary.name} ${gives(sync)}, and nothing else`,
      host: 'primary',
      preview: [...files.map(filePreview), { kind: 'command', text: toPreview(mark) }],
      undo: 'undo',
      undoSentence: `Removes the program and the files ${sourceMarkName} that this operation made.`,
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'Every directory carries its mark already.' }
        : { done: false }
    },
    async run({ doors: { primary } }) {
      await writeFiles(primary, files)
      const marked = await primary.run(mark, { timeoutMs })
      throwUnlessMarked(hosts.primary.name, marked)
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('Not every directory carries its mark.', 'See who removes it, then resume.')
      return `${sync.directories.length} directories carry their mark.${sync.packages ? ' It says which packages it has.' : ''}`
    },
    async undo({ doors: { primary } }) {
      await primary.runOrThrow(removeMarks(sync, markOf(operationId)), { timeoutMs })
      await primary.runOrThrow(removeSender(at), { timeoutMs })
      return `${hosts.primary.name} sends nothing any more.`
    },
  }
}
