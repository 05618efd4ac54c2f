import type { FoundJob } from '@/lib/domain/adopt/found-replication'

/** What tells a process of one of these jobs: the directories of its own host that it names, and the scripts that it runs. */
export const jobPaths = (jobs: readonly FoundJob[]) => ({
  paths: [
    ...new Set(
      jobs.flatMap(({ role, copies }) => copies.map(({ from, to }) => (role === 'primary' ? from : to))),
    ),
  ],
  scripts: [...new Set(jobs.flatMap(({ script }) => script ?? []))],
})
