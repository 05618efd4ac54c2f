import type { FoundJob } from '@/lib/domain/adopt/found-replication'

const inOrder = (paths: readonly string[]) => [...new Set(paths)].toSorted()

/** What tells a process of one of these jobs: the directories of its own host that it names, and the scripts that it runs. */
export const jobPaths = (jobs: readonly FoundJob[]) => ({
  paths: inOrder(
    jobs.flatMap(({ role, copies }) => copies.map(({ from, to }) => (role === 'primary' ? from : to))),
  ),
  scripts: inOrder(jobs.flatMap(({ script }) => script ?? [])),
})
