import { toPreview } from '@/lib/commands/command'
import { runningCopies } from '@/lib/commands/found-lines'
import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import { pairPlaces } from '@/lib/domain/host-places'
import type { PreviewLine } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import type { AdoptBasis, AdoptContext } from '@/lib/operations/adopt/basis'
import { jobHoldsOf } from '@/lib/operations/adopt/job-hold'
import { jobPaths } from '@/lib/operations/adopt/job-paths'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** How long a copy that runs may take to its end; none is broken off. */
const patienceMs = 1_500_000

type Given = Pick<AdoptBasis, 'hosts' | 'pair'>

/** What of the jobs of a host can be seen and done there. */
function jobsOn({ hosts, pair }: Given, role: Role, jobs: readonly FoundJob[]) {
  const at = pairPlaces(hosts[role], pair.slug)
  const holds = jobHoldsOf(at, hosts[role].user, jobs)
  const running = runningCopies(at, jobPaths(jobs))
  return {
    preview: [
      ...holds.flatMap((hold) => hold.preview),
      { kind: 'note', text: 'A copy that runs goes on to its end, and is waited for:' },
      { kind: 'command', text: toPreview(running) },
    ] satisfies readonly PreviewLine[],
    async hold({ doors }: AdoptContext) {
      for (const hold of holds) await hold.hold(doors[role])
    },
    async release({ doors }: AdoptContext) {
      for (const hold of holds) await hold.release(doors[role])
    },
    async areHeld({ doors }: AdoptContext) {
      for (const hold of holds) if (!(await hold.isHeld(doors[role]))) return false
      return true
    },
    /** The first copy that still runs, by its process; null where none does. */
    async runs({ doors }: AdoptContext): Promise<string | null> {
      const { stdout } = await doors[role].runOrThrow(running, { timeoutMs: 30_000 })
      return stdout.split('\n').find((process) => process !== '') ?? null
    },
  }
}

/**
 * What has copied the directories until now copies no more: its lines are comments, its timers off. A copy that runs goes on to its end, and
 * is waited for, so that never two copy one directory.
 */
export function holdJobs(given: Given, role: Role, jobs: readonly FoundJob[]): Step<AdoptContext> {
  const { name } = given.hosts[role]
  const { preview, hold, release, areHeld, runs } = jobsOn(given, role, jobs)
  const areOut = `${jobs.length === 1 ? 'The job that copies files' : `${jobs.length} jobs that copy files`} on ${name} ${jobs.length === 1 ? 'is' : 'are'} out`
  return {
    planned: {
      id: `hold-${role}-jobs`,
      title: `Take out what copies files on ${name} until now`,
      host: role,
      preview,
      undo: 'undo',
      undoSentence: 'Puts the lines back byte for byte, and timers as they were.',
      irreversible: false,
      timeoutMs: 1_800_000,
      attemptsMax: 2,
    },
    async check(context) {
      const isDone = (await areHeld(context)) && (await runs(context)) === null
      return isDone ? { done: true, sentence: `${areOut} already.` } : { done: false }
    },
    async run(context, { signal, output }) {
      await hold(context)
      const first = await runs(context)
      if (first !== null) output(`A copy still runs on ${name} (process ${first}): it is waited for.`)
      const waiting = { signal, everyMs: 1_000, waitMs: patienceMs, clock: context.clock }
      await awaitFactFor(waiting, async () => (await runs(context)) === null)
    },
    async verify(context) {
      if (!(await areHeld(context)))
        throw stepFailed(
          `A job that copies files on ${name} would still run.`,
          'See who writes that table (a configuration manager?), then resume.',
        )
      const first = await runs(context)
      if (first !== null)
        throw stepFailed(
          `A copy still runs on ${name}: process ${first}.`,
          'Wait for its end, or end it, then resume.',
        )
      return `${areOut}, and none runs.`
    },
    async undo(context) {
      await release(context)
      return `What copied files on ${name} is as it was.`
    },
  }
}
