import { copyGraceMs } from '@/lib/commands/sync-runs'
import type { Step } from '@/lib/operations/engine/step'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'

/**
 * No file may flow onto the host that is about to be written to: the schedule stops, and what runs is ended. `meanwhile` is begun while
 * that is waited for.
 */
export function stopSync<C extends AnyPromoteContext>(
  basis: AnyPromoteBasis,
  meanwhile: (context: C) => void,
): Step<C> {
  const { hosts, facts } = basis
  const schedule = scheduleOf(syncOf(basis))
  const graceMs = facts.primary.machine.seen ? copyGraceMs.alive : copyGraceMs.dead
  const look = async (context: AnyPromoteContext) => {
    const [isStopped, found] = await Promise.all([
      schedule.isStopped(context.doors.standby),
      readDirectoryRuns(context),
    ])
    const runs = [...found.values()]
    return { runs, isDone: isStopped && !runs.some(({ isRunning }) => isRunning) }
  }
  return {
    planned: {
      id: 'stop-sync',
      title: `Stop copying files to ${hosts.standby.name}`,
      host: 'standby',
      preview: schedule.stopPreview(graceMs),
      undo: 'undo',
      undoSentence: 'Lets cron copy the directories again.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await look(context)).isDone
        ? { done: true, sentence: 'Nothing is scheduled and nothing runs.' }
        : { done: false }
    },
    async run(context) {
      meanwhile(context)
      await schedule.stop(context.doors.standby, graceMs)
    },
    async verify(context) {
      const { runs, isDone } = await look(context)
      if (!isDone)
        throw stepFailed(
          `Files are still copied to ${hosts.standby.name}.`,
          'See who starts the copy (ps, crontab), end it, then resume.',
        )
      const ages = runs.map(({ id, lastGoodRun }) => `${id} ${lastGoodRun?.startedAt ?? 'never'}`)
      return `The directories stand as of these copies: ${ages.join(', ')}.`
    },
    async undo({ doors }) {
      await schedule.start(doors.standby)
      return 'cron copies the directories again.'
    },
  }
}
