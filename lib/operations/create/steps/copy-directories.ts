import { lastSaid } from '@/lib/commands/last-said'
import { firstCopy, readCopyProgress } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import { nestedIn } from '@/lib/domain/nested-directories'
import type { DirectorySetting } from '@/lib/domain/pair'
import { outcomeOf } from '@/lib/domain/run-outcome'
import { AppError } from '@/lib/errors'
import { parseCopyProgress } from '@/lib/facts/copy-progress'
import type { FileContext } from '@/lib/operations/create/context'
import { type StepIo, stopReason } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { inLanes } from '@/lib/operations/in-lanes'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { whyNotCopied } from '@/lib/operations/whether-copied'
import type { JobState } from '@/lib/ports/host-door'

/** As many copies as two cores can encrypt, and few enough for sshd's limit of sessions that begin at once. */
const lanes = 2

/** Name of the job that makes one directory's first copy. */
export const copyJobId = (operationId: string, id: string): string => `first-copy-${operationId}-${id}`

/** Bytes of each directory as the preflight found them, without those that have a copy of their own; null where not known. */
function sizesOf({ pair, facts }: FileContext): ReadonlyMap<string, number | null> {
  const { directories } = pair.settings
  const used = new Map((answerOf(facts.primary.paths) ?? []).map(({ path, usedBytes }) => [path, usedBytes]))
  return new Map(
    directories.map((directory) => {
      const paths = [
        directory.path,
        ...nestedIn(directory, directories).map((inner) => directory.path + inner),
      ]
      const [whole, ...parts] = paths.map((path) => used.get(path) ?? null)
      if (whole === undefined || whole === null || parts.some((part) => part === null))
        return [directory.id, null]
      return [
        directory.id,
        Math.max(
          0,
          parts.reduce<number>((left, part) => left - (part ?? 0), whole),
        ),
      ]
    }),
  )
}

/** Shows how much each copy, and all together, have done; that it can't be read for a moment does not concern them. */
async function showProgress(context: FileContext, io: StepIo, done: Map<string, number>): Promise<void> {
  const { pair, hosts, doors } = context
  const { directories } = pair.settings
  const question = readCopyProgress(
    pairPlaces(hosts.standby, pair.slug),
    directories.map(({ id }) => id),
  )
  const answer = await doors.standby.ask(question, { timeoutMs: 5_000 })
  const sizes = sizesOf(context)
  const atLeast = (size: number | null, doneBytes: number) => size && Math.max(size, doneBytes)
  const running = parseCopyProgress(answer.stdout)
  for (const { id, title } of directories) {
    const doneBytes = running.get(id)
    if (doneBytes === undefined) continue
    done.set(id, doneBytes)
    io.progress({ label: title, doneBytes, totalBytes: atLeast(sizes.get(id) ?? null, doneBytes) })
  }
  const doneBytes = [...done.values()].reduce((sum, bytes) => sum + bytes, 0)
  const total = [...sizes.values()].reduce<number | null>(
    (sum, size) => (sum === null || size === null ? null : sum + size),
    0,
  )
  io.progress({ label: 'All directories', doneBytes, totalBytes: atLeast(total, doneBytes) })
}

async function copyDirectory(
  context: FileContext,
  io: StepIo,
  { id, title, path }: DirectorySetting,
  done: Map<string, number>,
): Promise<void> {
  const { doors, pair, operationId, hosts, clock } = context
  const { standby } = doors
  const jobId = copyJobId(operationId, id)
  const command = firstCopy(pairPlaces(hosts.standby, pair.slug), id)
  if (!(await ensureJob(standby, jobId, command, io.signal)))
    io.output(`${title}: the copy is running already.`)
  let job: JobState
  try {
    job = await followJob({ door: standby, jobId, clock }, io, () => showProgress(context, io, done))
  } catch (error) {
    if (stopReason(io.signal) === 'cancelled' || stopReason(io.signal) === 'timed-out')
      await standby.endJob(jobId, 5_000)
    throw error
  }
  const found = (await readDirectoryRuns(context)).get(id)
  const run = found?.lastRun
  const why = whyNotCopied(job, found)
  const said = (await standby.jobOutput(jobId, 0)).text.trim()
  if (run && why === null) {
    done.set(id, run.bytes)
    io.progress({ label: title, doneBytes: run.bytes, totalBytes: run.bytes })
    await standby.forgetJob(jobId)
    io.output(`${title}: ${run.files} files copied.`)
    return
  }
  throw new AppError(
    run?.result === 'failed-write' ? 'HOST_DISK_FULL' : 'HOST_COMMAND_FAILED',
    `${title} (${path}) could not be copied to ${hosts.standby.name}: ${why}.`,
    {
      fix: `${run && run.result !== 'ok' ? outcomeOf(run).fix : `Look into its log on ${hosts.standby.name}.`} Then resume: what is copied is not copied again.`,
      detail: `${run?.result ?? 'no record'}: ${lastSaid(said)}`,
    },
  )
}

/** Copies the directories, two at once. When one fails no further one is begun, and its error is thrown. */
export async function copyDirectories(
  context: FileContext,
  io: StepIo,
  directories: readonly DirectorySetting[],
): Promise<void> {
  const done = new Map<string, number>()
  await inLanes(lanes, directories, (directory) => copyDirectory(context, io, directory, done))
}
