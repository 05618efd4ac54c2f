import { sh } from '@/lib/commands/command'
import { backupProgressQuestion } from '@/lib/commands/postgres-backup'
import { formatBytes } from '@/lib/domain/format-bytes'
import { majorVersion } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import { createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { StepIo } from '@/lib/operations/engine/step'
import { followJob } from '@/lib/operations/follow-job'
import type { JobState } from '@/lib/ports/host-door'

/** Less than this free on the copy's file system after a failure: the disk is full. */
const fullBelowBytes = 32 * 1024 * 1024

/** Follows the running job with its progress until it has ended well. Throws what it ended with otherwise. */
export async function followBackup(context: CreateContext, io: StepIo): Promise<void> {
  const { jobId } = createNames(context)
  const following = { door: context.doors.standby, jobId, clock: context.clock }
  await readEnd(context, await followJob(following, io, () => showProgress(context, io)))
}

/** Bytes as the primary counts them. That they can't be read for a moment does not concern the copy itself. */
async function showProgress({ databases, layouts, pair, ...rest }: CreateContext, io: StepIo): Promise<void> {
  if (majorVersion(layouts.primary.versionNum) < 13) return
  const { backup } = createNames({ layouts, pair, ...rest })
  try {
    const [row] = await databases.primary.query(backupProgressQuestion, [backup], { timeoutMs: 3_000 })
    if (!row) return
    const doneBytes = Number(row.done_bytes ?? 0)
    const total = row.total_bytes === null ? null : Number(row.total_bytes)
    // The total is the server's estimate at the start: what is written meanwhile may exceed it.
    io.progress({
      label: 'Base backup',
      doneBytes,
      totalBytes: total === null ? null : Math.max(total, doneBytes),
    })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

/** The place of the copy, or of one of its tablespaces, whose file system has no room left; null where all have. */
async function findFull(context: CreateContext): Promise<{ path: string; freeBytes: number } | null> {
  const { copy, tablespaces } = createNames(context)
  const paths = [copy.replace(/\/[^/]*$/, '') || '/', ...tablespaces.map(({ location }) => location)]
  const question = sh`for p in ${paths}; do df -B1 --output=avail -- "$p" | tail -n 1; done`
  const { stdout } = await context.doors.standby.run(question, { timeoutMs: 10_000 })
  const free = stdout.trim().split('\n').map(Number)
  const full = paths.findIndex((_, index) => (free[index] ?? Number.NaN) < fullBelowBytes)
  const path = paths[full]
  return path === undefined ? null : { path, freeBytes: free[full] ?? 0 }
}

async function readEnd(context: CreateContext, job: JobState): Promise<void> {
  if (job.state === 'ended' && job.exitCode === 0) return
  const { doors, hosts, layouts } = context
  const { jobId } = createNames(context)
  const full = job.state === 'ended' ? await findFull(context) : null
  const detail = job.state === 'absent' ? '' : (await doors.standby.jobOutput(jobId, 0)).text.slice(-2_000)
  if (full)
    throw new AppError(
      'HOST_DISK_FULL',
      `The disk of ${hosts.standby.name} is full: ${formatBytes(full.freeBytes)} free in ${full.path}.`,
      {
        fix: 'Make room there, then resume; or undo: the copy is removed and the old data is still in its place.',
        detail,
      },
    )
  const how =
    job.state === 'ended'
      ? `ended with exit code ${job.exitCode}`
      : 'is gone: it was killed, or the host was restarted'
  throw new AppError('HOST_COMMAND_FAILED', `The base backup on ${hosts.standby.name} ${how}.`, {
    fix: `See that ${hosts.standby.name} reaches ${hosts.primary.address} port ${layouts.primary.port}, then resume: it is begun anew. The old data is still in its place.`,
    detail,
  })
}
