import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '@/lib/commands/command'
import type { StepIo } from '@/lib/operations/engine/step'
import { isNoAccess } from '@/lib/operations/preflight/read-host-facts'
import type { HostDoor, JobState } from '@/lib/ports/host-door'
import type { Clock } from '@/lib/time'

const everyMs = 500
/** How long a host may be silent before the step gives up: a job itself notices a cut cable in about 30 s. */
const silenceMaxMs = 60_000

/**
 * Begins a job, in place of one of its id that does not run any more; nothing where it runs. Returns whether it was begun. Throws HOST_*, and the
 * signal's reason where that is aborted just before.
 */
export async function ensureJob(
  door: HostDoor,
  jobId: string,
  command: Command,
  signal?: AbortSignal,
): Promise<boolean> {
  if ((await door.jobState(jobId)).state === 'running') return false
  await door.forgetJob(jobId)
  signal?.throwIfAborted()
  await door.startJob(jobId, command)
  return true
}

/**
 * Waits until the job doesn't run any more and returns its state, with `show` about twice a second meanwhile. A host that is silent
 * for a while is waited for, and said so. Throws HOST_* when it is silent for longer, and the signal's reason.
 */
export async function followJob(
  { door, jobId, clock }: { door: HostDoor; jobId: string; clock: Clock },
  io: StepIo,
  show: () => Promise<void>,
): Promise<JobState> {
  let silentSince: number | null = null
  for (;;) {
    io.signal.throwIfAborted()
    try {
      const job = await door.jobState(jobId)
      if (silentSince !== null) io.output(`${door.hostName} answers again.`)
      silentSince = null
      if (job.state !== 'running') return job
      await show()
    } catch (error) {
      if (!isNoAccess(error)) throw error
      const now = clock.now().getTime()
      if (silentSince === null) io.output(error.message)
      silentSince ??= now
      if (now - silentSince > silenceMaxMs) throw error
    }
    await sleep(everyMs, undefined, { signal: io.signal }).catch(() => io.signal.throwIfAborted())
  }
}
