import { endCopies, findCron } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'

/**
 * From now on cron copies each directory by its schedule, and logrotate keeps the logs small. `wasHeld`: an operator had paused the copies,
 * and an undo leaves them so, for the end of the pause to start again.
 */
export function syncSchedule(basis: FileBasis, { wasHeld = false } = {}): Step<FileContext> {
  const { hosts, pair } = basis
  const sync = syncOf(basis)
  const { directories, packages } = sync
  const schedule = scheduleOf(sync)
  const at = pairPlaces(hosts.standby, pair.slug)
  const duties = [
    ...(directories.length > 0 ? ['copy the directories'] : []),
    ...(packages ? ['keep the packages'] : []),
  ]
  return {
    planned: {
      id: 'sync-schedule',
      title: `Have cron ${duties.join(' and ')} on ${hosts.standby.name}`,
      host: 'standby',
      preview: schedule.preview,
      undo: 'undo',
      undoSentence: `${wasHeld ? 'Keeps the schedule from cron again' : 'Removes the schedule'} and ends copies that run.`,
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check({ doors }) {
      return (await schedule.isPut(doors.standby))
        ? { done: true, sentence: `It stands in ${schedule.where} already.` }
        : { done: false }
    },
    async run({ doors }) {
      await schedule.put(doors.standby)
    },
    async verify({ doors }) {
      if (!(await schedule.isPut(doors.standby)))
        throw stepFailed(`What was written to ${schedule.where} is not there.`, 'Resume the operation.')
      if ((await doors.standby.run(findCron(at), { timeoutMs: 10_000 })).exitCode !== 0)
        throw stepFailed(
          `cron does not run on ${hosts.standby.name}.`,
          'Start it, then resume: systemctl start cron',
        )
      return `cron runs, and copies ${directories.length} directories${packages ? ' and keeps the packages' : ''} by ${schedule.where}.`
    },
    async undo({ doors: { standby } }) {
      await (wasHeld ? schedule.hold(standby) : schedule.remove(standby))
      const ids = directories.map(({ id }) => id)
      await standby.runOrThrow(endCopies(at, ids), { timeoutMs: 60_000 })
      return wasHeld ? 'The copies are paused, as they were.' : 'cron copies nothing any more.'
    },
  }
}
