import type { DirectoryFacts } from '@/lib/domain/observation'
import type { JobState } from '@/lib/ports/host-door'

/**
 * Why a copy's job did not bring its directory up to date; null where it did. The runner says so twice, by its exit code and by its record
 * (`host/understudy-sync`): one that could not even begin leaves the record of a run before it.
 */
export function whyNotCopied(job: JobState, facts: DirectoryFacts | undefined): string | null {
  const run = facts?.lastRun
  if (run && run.result !== 'ok') return run.reason || run.result
  if (job.state !== 'ended') return 'the runner was killed'
  if (job.exitCode !== 0) return `the runner ended with ${job.exitCode}`
  return run ? null : 'no record of a copy'
}
