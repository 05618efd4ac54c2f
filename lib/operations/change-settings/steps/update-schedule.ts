import type { Pair } from '@/lib/domain/pair'
import { basisOf, type ChangeBasis, type ChangeContext } from '@/lib/operations/change-settings/basis'
import type { Step } from '@/lib/operations/engine/step'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'

/** When cron copies which directory: what comes is copied by then, and what goes is no more. */
export function updateSchedule(basis: ChangeBasis, before: Pair, after: Pair): Step<ChangeContext> {
  const { hosts } = basis
  const { directories } = syncOf(basisOf(basis, after))
  const [was, is] = [scheduleOf(syncOf(basisOf(basis, before))), scheduleOf(syncOf(basisOf(basis, after)))]
  return {
    planned: {
      id: 'update-schedule',
      title:
        directories.length > 0
          ? `Have cron copy the directories on ${hosts.standby.name} by the new schedules`
          : `Have cron keep the packages on ${hosts.standby.name} by the new schedule`,
      host: 'standby',
      preview: is.preview,
      undo: 'undo',
      undoSentence: 'Brings the schedules back as they were.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check({ doors }) {
      return (await is.isPut(doors.standby))
        ? { done: true, sentence: `It stands in ${is.where} already.` }
        : { done: false }
    },
    run: ({ doors }) => is.put(doors.standby),
    async verify({ doors }) {
      if (!(await is.isPut(doors.standby)))
        throw stepFailed(`What was written to ${is.where} is not there.`, 'Resume the operation.')
      return `cron copies ${directories.length} directories by ${is.where}.`
    },
    async undo({ doors }) {
      await was.put(doors.standby)
      return 'cron copies the directories as before.'
    },
  }
}
