import { toPreview } from '@/lib/commands/command'
import { endCopies, findSchedule, startSchedule, stopSchedule } from '@/lib/commands/sync-runs'
import type { Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 10_000

/** No file may flow onto the host that is about to be written to: the schedule stops, and what runs is ended. */
export function stopSync({ hosts, pair }: PromoteBasis): Step<PromoteContext> {
  const { slug } = pair
  const ids = pair.settings.directories.map(({ id }) => id)
  const isDone = async (context: PromoteContext) => {
    const found = await context.doors.standby.run(findSchedule(slug), { timeoutMs })
    const runs = [...(await readDirectoryRuns(context)).values()]
    return found.exitCode !== 0 && !runs.some(({ isRunning }) => isRunning)
  }
  return {
    planned: {
      id: 'stop-sync',
      title: `Stop copying files to ${hosts.standby.name}`,
      host: 'standby',
      preview: [stopSchedule(slug), endCopies(slug, ids)].map((command) => ({
        kind: 'command',
        text: toPreview(command),
      })),
      undo: 'undo',
      undoSentence: 'Lets cron copy the directories again.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'Nothing is scheduled and nothing runs.' }
        : { done: false }
    },
    async run({ doors }) {
      await doors.standby.runOrThrow(stopSchedule(slug), { timeoutMs })
      await doors.standby.runOrThrow(endCopies(slug, ids), { timeoutMs: 50_000 })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `Files are still copied to ${hosts.standby.name}.`,
          'See who starts the copy (ps, crontab), end it, then resume.',
        )
      const runs = [...(await readDirectoryRuns(context)).values()]
      const ages = runs.map(({ id, lastGoodRun }) => `${id} ${lastGoodRun?.startedAt ?? 'never'}`)
      return `The directories stand as of these copies: ${ages.join(', ')}.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(startSchedule(slug), { timeoutMs })
      return 'cron copies the directories again.'
    },
  }
}
