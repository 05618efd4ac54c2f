import { toPreview } from '@/lib/commands/command'
import { proveAccess } from '@/lib/commands/sync-access'
import { pullNow } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting } from '@/lib/domain/pair'
import { hasCode, toPublicError } from '@/lib/errors'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { inLanes } from '@/lib/operations/in-lanes'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'
import { whyNotCopied } from '@/lib/operations/whether-copied'

/** A promotion does not wait longer than this for all files together: what is late is said, and stays on the old primary. */
const pullMaxMs = 600_000
const timeoutMs = 20_000

/** Which pull of an operation it is, and what it is good for. */
export type PullOptions = {
  /** For all directories together. */
  readonly maxMs?: number
  /** While the primary still serves, so that the last pull finds little to do. */
  readonly isAhead?: boolean
  /** It fails where a directory is not up to date. */
  readonly needsAll?: boolean
}

const jobIdOf = ({ operationId }: AnyPromoteBasis, { id }: DirectorySetting, { isAhead }: PullOptions) =>
  `${isAhead ? 'pull-ahead' : 'final-pull'}-${operationId}-${id}`

/** Whether the old primary's sshd answers the standby; the same whether it is silent, or hangs once it has answered. */
async function answersStandby({ doors }: AnyPromoteContext, basis: AnyPromoteBasis): Promise<boolean> {
  try {
    return (await doors.standby.run(proveAccess(syncOf(basis)), { timeoutMs })).exitCode !== 255
  } catch (error) {
    if (hasCode(error, 'HOST_COMMAND_TIMED_OUT')) return false
    throw error
  }
}

/** Pulls one directory until `late` is aborted; whether it is up to date then. Throws only the step's own signal's reason. */
async function pull(
  context: AnyPromoteContext,
  io: StepIo,
  directory: DirectorySetting,
  { late, jobId }: { late: AbortSignal; jobId: string },
): Promise<boolean> {
  const { doors, hosts, pair, clock } = context
  const { id, title } = directory
  if (late.aborted) {
    io.output(`${title}: not pulled, the time for the last files was over.`)
    return false
  }
  const { standby } = doors
  await ensureJob(standby, jobId, pullNow(pairPlaces(hosts.standby, pair.slug), id))
  const signal = AbortSignal.any([io.signal, late])
  let isUpToDate = false
  try {
    const job = await followJob({ door: standby, jobId, clock }, { ...io, signal }, async () => undefined)
    const why = whyNotCopied(job, (await readDirectoryRuns(context)).get(id))
    isUpToDate = why === null
    io.output(`${title}: ${why ?? 'up to date'}.`)
  } catch (error) {
    await standby.endJob(jobId, 5_000)
    io.signal.throwIfAborted()
    const why = late.aborted ? 'the time for the last files was over.' : toPublicError(error).message
    io.output(`${title}: not pulled to the end: ${why}`)
  }
  await standby.forgetJob(jobId)
  return isUpToDate
}

/**
 * What the old primary's directories got since the last copy, once nothing writes there any more. It may fail, wholly or in
 * part, unless it `needsAll`: a promotion is not held up by files, but what came is said.
 */
export function finalPull(basis: AnyPromoteBasis, options: PullOptions = {}): Step<AnyPromoteContext> {
  const { hosts, pair } = basis
  const { maxMs = pullMaxMs, isAhead = false, needsAll = false } = options
  const { directories } = pair.settings
  /** What this worker has pulled; a worker that takes the step up pulls all of it again. */
  const pulled = new Set<string>()
  return {
    planned: {
      id: isAhead ? 'pull-ahead' : 'final-pull',
      title: isAhead
        ? `Pull files from ${hosts.primary.name} while it serves`
        : `Pull the last files from ${hosts.primary.name}`,
      host: 'standby',
      preview: directories.map(({ id }) => ({
        kind: 'command',
        text: toPreview(pullNow(pairPlaces(hosts.standby, pair.slug), id)),
      })),
      undo: 'undo',
      undoSentence: 'Ends a pull that runs; newer files on the standby stay.',
      irreversible: false,
      timeoutMs: pullMaxMs * 2, // it never comes to that: the last one is ended at pullMaxMs
      attemptsMax: 1,
    },
    check: async () => ({ done: false }),
    async run(context, io) {
      pulled.clear()
      if (!(await answersStandby(context, basis)))
        io.output(`${hosts.primary.name} does not answer ${hosts.standby.name} by SSH: nothing was pulled.`)
      else {
        const late = AbortSignal.timeout(maxMs)
        await inLanes(2, directories, async (directory) => {
          const jobId = jobIdOf(basis, directory, options)
          if (await pull(context, io, directory, { late, jobId })) pulled.add(directory.id)
        })
      }
    },
    async verify() {
      const late = directories.filter(({ id }) => !pulled.has(id))
      const names = late.map(({ title }) => title).join(', ')
      if (needsAll && late.length > 0)
        throw stepFailed(
          `Not up to date: ${names}.`,
          'See in its log why it was not copied; nothing is switched without it.',
        )
      if (late.length > 0) return `Not up to date: ${names}; what is missing stays on ${hosts.primary.name}.`
      return isAhead
        ? 'Every directory was copied a moment ago.'
        : 'Every directory is as the old primary left it.'
    },
    async undo({ doors: { standby } }) {
      for (const directory of directories) {
        const jobId = jobIdOf(basis, directory, options)
        await standby.endJob(jobId, 5_000)
        await standby.forgetJob(jobId)
      }
      return 'No pull runs any more; newer files on the standby stay.'
    },
  }
}
