import type { Step } from '@/lib/operations/engine/step'
import type { PauseBasis, PauseContext } from '@/lib/operations/pause/basis'
import { proveSyncTarget } from '@/lib/operations/prove-sync-target'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'

async function runningCopies(context: PauseContext): Promise<string> {
  const running = [...(await readDirectoryRuns(context)).values()].filter(({ isRunning }) => isRunning)
  return running.length > 0 ? ` Still running, to its end: ${running.map(({ id }) => id).join(', ')}.` : ''
}

const common = {
  host: 'standby',
  undo: 'undo',
  irreversible: false,
  timeoutMs: 60_000,
  attemptsMax: 3,
} as const

/** cron copies nothing any more; what is being copied goes on to its end. */
export function holdSync(basis: PauseBasis): Step<PauseContext> {
  const { name } = basis.hosts.standby
  const schedule = scheduleOf(syncOf(basis))
  return {
    planned: {
      ...common,
      id: 'hold-sync',
      title: `Pause the copying of files to ${name}`,
      preview: [...schedule.holdPreview, { kind: 'note', text: 'A copy that runs goes on to its end.' }],
      undoSentence: 'Lets cron copy the directories again.',
    },
    async check({ doors }) {
      return (await schedule.isStopped(doors.standby))
        ? { done: true, sentence: 'Nothing is scheduled.' }
        : { done: false }
    },
    run: ({ doors }) => schedule.hold(doors.standby),
    async verify(context) {
      if (!(await schedule.isStopped(context.doors.standby)))
        throw stepFailed(
          `${schedule.where} on ${name} still copies files.`,
          'See who puts the schedule back, then resume.',
        )
      return `cron copies nothing to ${name}.${await runningCopies(context)}`
    },
    async undo({ doors }) {
      await schedule.start(doors.standby)
      return 'cron copies the directories again.'
    },
  }
}

/** cron copies the directories again. */
export function startSync(basis: PauseBasis): Step<PauseContext> {
  const { name } = basis.hosts.standby
  const schedule = scheduleOf(syncOf(basis))
  return {
    planned: {
      ...common,
      id: 'start-sync',
      title: `Let the copying of files to ${name} go on`,
      preview: [
        ...schedule.startPreview,
        { kind: 'note', text: 'Each directory is copied when its time comes.' },
      ],
      undoSentence: 'Takes the schedule out of cron’s sight again.',
    },
    prove: proveSyncTarget(basis),
    async check({ doors }) {
      return (await schedule.isStopped(doors.standby))
        ? { done: false }
        : { done: true, sentence: 'cron copies the directories already.' }
    },
    async run({ doors }) {
      await schedule.start(doors.standby)
      // Somebody may have removed what was kept of it: it is known all the same.
      if (await schedule.isStopped(doors.standby)) await schedule.put(doors.standby)
    },
    async verify({ doors }) {
      if (await schedule.isStopped(doors.standby))
        throw stepFailed(`The schedule is not in its place on ${name}.`, 'See who removes it, then resume.')
      return `cron copies the directories to ${name} by their schedules.`
    },
    async undo({ doors }) {
      await schedule.hold(doors.standby)
      return 'cron copies nothing.'
    },
  }
}
