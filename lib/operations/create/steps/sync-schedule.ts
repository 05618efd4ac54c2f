import { scheduleFiles } from '@/lib/commands/sync'
import { endCopies, findCron, removeSchedule } from '@/lib/commands/sync-runs'
import { schedulePath } from '@/lib/domain/sync-names'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'

/** From now on cron copies each directory by its schedule, and logrotate keeps the logs small. */
export function syncSchedule(basis: CreateBasis): Step<CreateContext> {
  const { hosts, pair } = basis
  const { directories } = pair.settings
  const files = scheduleFiles(syncOf(basis))
  return {
    planned: {
      id: 'sync-schedule',
      title: `Have cron copy the directories on ${hosts.standby.name}`,
      host: 'standby',
      preview: files.map(filePreview),
      undo: 'undo',
      undoSentence: 'Removes the schedule and ends copies that run.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check({ doors }) {
      return (await haveFiles(doors.standby, files))
        ? { done: true, sentence: `${schedulePath(pair.slug)} is there already.` }
        : { done: false }
    },
    async run({ doors }) {
      await writeFiles(doors.standby, files)
    },
    async verify({ doors }) {
      if (!(await haveFiles(doors.standby, files)))
        throw stepFailed(`${schedulePath(pair.slug)} is not as it was written.`, 'Resume the operation.')
      if ((await doors.standby.run(findCron(), { timeoutMs: 10_000 })).exitCode !== 0)
        throw stepFailed(
          `cron does not run on ${hosts.standby.name}.`,
          'Start it, then resume: systemctl start cron',
        )
      return `cron runs, and copies ${directories.length} directories by ${schedulePath(pair.slug)}.`
    },
    async undo({ doors: { standby } }) {
      await standby.runOrThrow(removeSchedule(pair.slug), { timeoutMs: 10_000 })
      const ids = directories.map(({ id }) => id)
      await standby.runOrThrow(endCopies(pair.slug, ids), { timeoutMs: 60_000 })
      return 'cron copies nothing any more.'
    },
  }
}
