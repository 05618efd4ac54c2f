import { lastSaid } from '@/lib/commands/last-said'
import { backupProgressQuestion } from '@/lib/commands/postgres-backup'
import { formatBytes } from '@/lib/domain/format-bytes'
import { majorVersion } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import { type FreeSpace, freeSpaceQuestion, parseFreeSpace } from '@/lib/facts/free-space'
import type { OwnerDatabase } from '@/lib/operations/context'
import type { StepIo } from '@/lib/operations/engine/step'
import { followJob } from '@/lib/operations/follow-job'
import type { HostDoor, JobState } from '@/lib/ports/host-door'
import type { Clock } from '@/lib/time'

/** Less than this free on the copy's file system after a failure: the disk is full. */
const fullBelowBytes = 32 * 1024 * 1024

/** A job on a host that copies a server's data. */
export type CopyJob = {
  readonly door: HostDoor
  readonly jobId: string
  readonly clock: Clock
  /** Directories on whose file systems it writes. */
  readonly places: readonly string[]
  /** As a sentence begins with it, e.g. `The base backup`. */
  readonly what: string
  /** What to do where the disk is full, and where it ended otherwise. */
  readonly fixes: { readonly full: string; readonly ended: string }
}

/**
 * Follows the running job until it has ended well, with `show` about twice a second. Throws HOST_DISK_FULL, HOST_COMMAND_FAILED for any other
 * end, and as `followJob`.
 */
export async function followCopy(job: CopyJob, io: StepIo, show: () => Promise<void>): Promise<void> {
  await readEnd(job, await followJob(job, io, show))
}

/** The server that a base backup is taken of. */
type Source = {
  readonly database: OwnerDatabase
  readonly versionNum: number
  /** `application_name` of the backup's connection. */
  readonly backup: string
}

/** Bytes as that server counts them. That they can't be read for a moment does not concern the copy itself. */
export async function showBackup({ database, versionNum, backup }: Source, io: StepIo): Promise<void> {
  if (majorVersion(versionNum) < 13) return
  try {
    const [row] = await database.query(backupProgressQuestion, [backup], { timeoutMs: 3_000 })
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

/** The place whose file system has no room left; null where all have. */
async function findFull({ door, places }: CopyJob): Promise<FreeSpace | null> {
  const { stdout } = await door.run(freeSpaceQuestion(places), { timeoutMs: 10_000 })
  return parseFreeSpace(places, stdout).find(({ freeBytes }) => freeBytes < fullBelowBytes) ?? null
}

async function readEnd(job: CopyJob, state: JobState): Promise<void> {
  if (state.state === 'ended' && state.exitCode === 0) return
  const { door, jobId, what, fixes } = job
  const full = state.state === 'ended' ? await findFull(job) : null
  const detail = state.state === 'absent' ? '' : lastSaid((await door.jobOutput(jobId, 0)).text, 2_000)
  if (full)
    throw new AppError(
      'HOST_DISK_FULL',
      `The disk of ${door.hostName} is full: ${formatBytes(full.freeBytes)} free in ${full.path}.`,
      { fix: fixes.full, detail },
    )
  const how =
    state.state === 'ended'
      ? `ended with exit code ${state.exitCode}`
      : 'is gone: it was killed, or the host was restarted'
  throw new AppError('HOST_COMMAND_FAILED', `${what} on ${door.hostName} ${how}.`, {
    fix: fixes.ended,
    detail,
  })
}
