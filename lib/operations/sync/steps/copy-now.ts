import { toPreview } from '@/lib/commands/command'
import { pullNow, readCopyProgress } from '@/lib/commands/sync-runs'
import { formatBytes } from '@/lib/domain/format-bytes'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting } from '@/lib/domain/pair'
import { outcomeOf } from '@/lib/domain/run-outcome'
import { parseCopyProgress } from '@/lib/facts/copy-progress'
import type { AnyOperationContext } from '@/lib/operations/context'
import { type Step, type StepIo, stopReason } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { inLanes } from '@/lib/operations/in-lanes'
import { proveSyncTarget } from '@/lib/operations/prove-sync-target'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { stepFailed } from '@/lib/operations/step-failed'
import type { SyncBasis, SyncContext } from '@/lib/operations/sync/basis'
import { whyNotCopied } from '@/lib/operations/whether-copied'
import type { JobState } from '@/lib/ports/host-door'

/** As many as the runner lets go at once (`host/understudy-sync`). */
const lanes = 4

const jobIdOf = (operationId: string, { id }: DirectorySetting) => `sync-${operationId}-${id}`

/** Shows the bytes that each copy has brought. How many there will be nobody knows before the end: only what differs is sent. */
export async function showProgress(
  { pair, hosts, doors }: AnyOperationContext,
  io: StepIo,
  of: DirectorySetting,
): Promise<void> {
  const question = readCopyProgress(pairPlaces(hosts.standby, pair.slug), [of.id])
  const { stdout } = await doors.standby.ask(question, { timeoutMs: 5_000 })
  const doneBytes = parseCopyProgress(stdout).get(of.id)
  if (doneBytes !== undefined) io.progress({ label: of.title, doneBytes, totalBytes: null })
}

/** What one directory's copy came to: null where it is as the primary's, else why not and what to do. */
type Shortfall = { readonly sentence: string; readonly fix: string } | null

async function judgeRun(context: SyncContext, io: StepIo, { id, title }: DirectorySetting, job: JobState) {
  const facts = (await readDirectoryRuns(context)).get(id)
  const run = facts?.lastRun
  const why = whyNotCopied(job, facts)
  if (run && why === null) {
    io.output(`${title}: ${run.files} files with ${formatBytes(run.bytes)} copied, ${run.deletions} deleted.`)
    return null
  }
  if (!run || run.result === 'ok') return { sentence: `${title}: ${why}.`, fix: 'Look into its log.' }
  const { sentence, fix } = outcomeOf(run)
  return { sentence: `${title}: ${sentence}${run.reason ? ` (${run.reason})` : ''}`, fix }
}

/** Copies one directory, by a job on the standby that outlives our connection; one that runs already is followed. */
async function copyNow(context: SyncContext, io: StepIo, directory: DirectorySetting): Promise<Shortfall> {
  const { doors, hosts, pair, operationId, clock } = context
  const { standby } = doors
  const jobId = jobIdOf(operationId, directory)
  const isBegun = await ensureJob(
    standby,
    jobId,
    pullNow(pairPlaces(hosts.standby, pair.slug), directory.id),
    io.signal,
  )
  if (!isBegun) io.output(`${directory.title}: the copy is running already.`)
  const job = await followJob({ door: standby, jobId, clock }, io, () => showProgress(context, io, directory))
  const shortfall = await judgeRun(context, io, directory, job)
  if (shortfall) io.output(shortfall.sentence)
  await standby.forgetJob(jobId)
  return shortfall
}

async function endJobs({ doors: { standby }, operationId }: SyncContext, of: readonly DirectorySetting[]) {
  for (const directory of of) {
    await standby.endJob(jobIdOf(operationId, directory), 5_000)
    await standby.forgetJob(jobIdOf(operationId, directory))
  }
}

/** Every directory that was asked for is copied now, some at once. One that fails does not keep the others from it, and is told at the end. */
export function copyDirectoriesNow(basis: SyncBasis): Step<SyncContext> {
  const { hosts, pair, directories } = basis
  const { primary, standby } = hosts
  /** Of this worker: one that takes the step up copies all of them again, which finds little to do. */
  let shortfalls: readonly NonNullable<Shortfall>[] = []
  return {
    planned: {
      id: 'copy-now',
      title: `Copy ${directories.map(({ title }) => title).join(', ')} from ${primary.name} to ${standby.name}`,
      host: 'standby',
      preview: directories.map(({ id }) => ({
        kind: 'command',
        text: toPreview(pullNow(pairPlaces(standby, pair.slug), id)),
      })),
      undo: 'undo',
      undoSentence: 'Ends copies that run; what they brought stays, and what they replaced is in the bin.',
      irreversible: false,
      timeoutMs: 24 * 3_600_000,
      attemptsMax: 1,
    },
    prove: proveSyncTarget(basis),
    check: async () => ({ done: false }),
    async run(context, io) {
      const found: NonNullable<Shortfall>[] = []
      try {
        await inLanes(lanes, directories, async (directory) => {
          const shortfall = await copyNow(context, io, directory)
          if (shortfall) found.push(shortfall)
        })
      } catch (error) {
        // A worker that only leaves lets the copies go on: the next one follows them.
        const stop = stopReason(io.signal)
        if (stop !== null && stop !== 'left-running') await endJobs(context, directories)
        throw error
      }
      shortfalls = found
    },
    async verify() {
      const [first, ...more] = shortfalls
      if (first)
        throw stepFailed(
          [first, ...more].map(({ sentence }) => sentence).join(' '),
          `${first.fix} Then resume.`,
        )
      return `Copied: ${directories.map(({ title }) => title).join(', ')}.`
    },
    async undo(context) {
      await endJobs(context, directories)
      return 'No copy of this operation runs any more; what was copied stays.'
    },
  }
}
