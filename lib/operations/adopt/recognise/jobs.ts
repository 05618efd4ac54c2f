import {
  type Finding,
  type FoundCopy,
  type FoundJob,
  jobPlaceWords,
} from '@/lib/domain/adopt/found-replication'
import { otherRole, type Role, roles } from '@/lib/domain/pair'
import type { CopyingJob } from '@/lib/facts/copying-jobs'
import type { RsyncCopy } from '@/lib/facts/rsync-command'
import { type FoundGround, finding, isHost, seenOf } from '@/lib/operations/adopt/recognise/ground'

/** What a copy of a job is to the pair. `turned`: from the standby to the primary. `elsewhere`: it has nothing to do with the pair. */
type Sorted =
  | { readonly kind: 'ours'; readonly copy: FoundCopy }
  | { readonly kind: 'turned' }
  | { readonly kind: 'elsewhere' }

function sortCopy(ground: FoundGround, role: Role, { from, to, deletes, filters }: RsyncCopy): Sorted {
  const other = ground.facts[otherRole(role)]
  const [pulls, pushes] = [from.host !== null && to.host === null, from.host === null && to.host !== null]
  const isOther = isHost(ground.facts, pulls ? from.host : to.host, other)
  if (!isOther || (!pulls && !pushes) || from.isModule || to.isModule) return { kind: 'elsewhere' }
  const copy: FoundCopy = {
    from: from.path,
    to: to.path,
    direction: pulls ? 'pull' : 'push',
    deletes,
    filters,
  }
  return pulls === (role === 'standby') ? { kind: 'ours', copy } : { kind: 'turned' }
}

type SortedJob = { readonly job: CopyingJob; readonly role: Role; readonly copies: readonly Sorted[] }

const sortJobs = (ground: FoundGround): readonly SortedJob[] =>
  roles.flatMap((role) =>
    (seenOf(ground, role).jobs?.jobs ?? []).map((job) => ({
      job,
      role,
      copies: job.copies.map((copy) => sortCopy(ground, role, copy)),
    })),
  )

const oursOf = ({ copies }: SortedJob): readonly FoundCopy[] =>
  copies.flatMap((sorted) => (sorted.kind === 'ours' ? [sorted.copy] : []))

/** The jobs that copy directories of the primary to the standby. */
export const foundJobs = (ground: FoundGround): readonly FoundJob[] =>
  sortJobs(ground).flatMap((sorted) => {
    const { job, role } = sorted
    const { place, schedule, runsAs, line, digest, script } = job
    const copies = oursOf(sorted)
    return copies.length > 0 ? [{ role, place, schedule, runsAs, line, digest, script, copies }] : []
  })

/** Jobs of rsync of which nobody can tell what they copy, and those that copy from the standby to the primary. */
export function doubtfulJobs(ground: FoundGround): Readonly<Record<'unclear' | 'turned', readonly string[]>> {
  const jobs = sortJobs(ground)
  const show = ({ job, role }: SortedJob) => `${ground.facts[role].name}: ${jobPlaceWords(job)}: ${job.line}`
  const isUnclear = ({ job }: SortedJob) => job.copies.length === 0 || job.copies.some(hasVariable)
  return {
    unclear: jobs.filter(isUnclear).map(show),
    turned: jobs.filter(({ copies }) => copies.some(({ kind }) => kind === 'turned')).map(show),
  }
}

const hasVariable = ({ from, to }: RsyncCopy) =>
  [from.path, to.path, from.host ?? '', to.host ?? ''].some((text) => text.includes('$'))

const copyWords = ({ from, to, direction, deletes, filters }: FoundCopy) =>
  [
    from === to ? from : `${from} to ${to}`,
    `(${direction === 'pull' ? 'fetched by the standby' : 'brought by the primary'}`,
    deletes ? ', deletes what is gone' : '',
    filters.length > 0 ? `, leaves some out: ${filters.join(' ')}` : '',
    ')',
  ].join('')

function jobFinding(ground: FoundGround, job: FoundJob, index: number): Finding {
  const { name } = ground.facts[job.role]
  const when = job.schedule === null ? 'at times that are not cron’s' : `by ${job.schedule}`
  return finding(
    `job-${index + 1}`,
    'Copies files',
    `${jobPlaceWords(job)} on ${name} copies ${when}, as ${job.runsAs || 'root'}: ${job.copies.map(copyWords).join('; ')}.`,
    [`${name}: ${job.line}`, ...(job.script ? [`${name}: rsync stands in ${job.script}`] : [])],
  )
}

function notCopiedFinding({ profile }: FoundGround, jobs: readonly FoundJob[]): readonly Finding[] {
  const copied = jobs.flatMap(({ copies }) => copies.map(({ from }) => from))
  const missing = profile.directories.filter(({ path }) => !copied.some((from) => isWithin(path, from)))
  if (missing.length === 0) return []
  return [
    finding(
      'not-copied',
      'Not copied',
      `No job was found that copies ${missing.map(({ title, path }) => `${title} (${path})`).join(', ')}.`,
      [],
    ),
  ]
}

/** Whether a directory is copied with one around it. */
const isWithin = (path: string, around: string) => path === around || path.startsWith(`${around}/`)

const listed = (
  id: string,
  title: string,
  sentence: string,
  evidence: readonly string[],
): readonly Finding[] => (evidence.length > 0 ? [finding(id, title, sentence, evidence)] : [])

export function jobFindings(ground: FoundGround, jobs: readonly FoundJob[]): readonly Finding[] {
  const { unclear, turned } = doubtfulJobs(ground)
  const seen = roles.map((role) => ({ name: ground.facts[role].name, found: seenOf(ground, role).jobs }))
  const backups = seen.flatMap(({ name, found }) => (found?.backups ?? []).map((line) => `${name}: ${line}`))
  const unread = seen.flatMap(({ name, found }) => (found?.unread ?? []).map((what) => `${name}: ${what}`))
  return [
    ...jobs.map((job, index) => jobFinding(ground, job, index)),
    ...listed('jobs-turned', 'Copies the wrong way', 'A job copies from the standby to the primary.', turned),
    ...listed('jobs-unclear', 'Not understood', 'What these jobs of rsync copy could not be told.', unclear),
    ...listed('backups', 'Backups', 'Backups are made; they stay as they are.', backups),
    ...listed('unread', 'Not read', 'This could not be read, so that jobs in it are not known.', unread),
    ...notCopiedFinding(ground, jobs),
  ]
}
