import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import { jobPlaceWords } from '@/lib/domain/adopt/found-replication'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Role } from '@/lib/domain/pair'
import { jobHoldsOf } from '@/lib/operations/adopt/job-hold'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** What copied files before the pair was taken over copies them again: its lines are lines again byte for byte, its timers as they were found. */
export function jobsAsFound(
  { hosts, pair }: UnpairBasis,
  role: Role,
  jobs: readonly FoundJob[],
): Step<UnpairContext> {
  const { name, user } = hosts[role]
  const holds = jobHoldsOf(pairPlaces(hosts[role], pair.slug), user, jobs)
  const isDone = async ({ doors }: UnpairContext) => {
    for (const hold of holds) if (!(await hold.isReleased(doors[role]))) return false
    return true
  }
  return {
    planned: {
      ...onlyForward,
      id: `${role}-jobs-as-found`,
      title: `Let what copied files on ${name} copy them again`,
      host: role,
      preview: jobs.map((job) => ({ kind: 'note', text: `${jobPlaceWords(job)}: ${job.line}` })),
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `None of them is held on ${name}.` }
        : { done: false }
    },
    async run({ doors }) {
      for (const hold of holds) await hold.release(doors[role])
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `A job on ${name} is still held.`,
          'See who writes that table, take the comment away by hand, then resume.',
        )
      return `What copied files on ${name} copies them again.`
    },
  }
}
