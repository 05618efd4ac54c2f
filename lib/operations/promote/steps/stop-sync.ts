import { copyGraceMs } from '@/lib/commands/sync-runs'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'

/**
 * No file may flow onto the standby any more, because it is about to be written to or is no standby then: the schedule stops, and what runs is ended. `meanwhile` is begun while
 * that is waited for.
 */
export function stopSync<C extends AnyOperationContext>(
  basis: Pick<AnyOperationContext, 'hosts' | 'layouts' | 'pair' | 'profile'> & {
    readonly facts: { readonly primary: Pick<HostFacts, 'machine'> }
  },
  meanwhile: (context: C) => void,
): Step<C> {
  const { hosts, facts } = basis
  const schedule = scheduleOf(syncOf(basis))
  const graceMs = facts.primary.machine.seen ? copyGraceMs.alive : copyGraceMs.dead
  const look = async (context: AnyOperationContext) => {
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
      return ages.length > 0
        ? `The directories stand as of these copies: ${ages.join(', ')}.`
        : 'Nothing is scheduled any more.'
    },
    async undo({ doors }) {
      await schedule.start(doors.standby)
      return 'cron copies the directories again.'
    },
  }
}
