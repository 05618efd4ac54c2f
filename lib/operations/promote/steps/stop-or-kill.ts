import { setTimeout as sleep } from 'node:timers/promises'
import { killPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import type { StepIo } from '@/lib/operations/engine/step'
import type { PromoteContext } from '@/lib/operations/promote/context'

/** A stop in order may take its time while the standby still receives from it; nothing new for this long, and it is killed. */
export const stallMaxMs = 15_000
const everyMs = 500
const stopMs = 330_000
/** A kill waits 10 s itself; what systemd has left to do behind it takes no longer than this. */
const killMs = 20_000
const settleMs = 60_000

/** Where the standby's copy ends; null while it does not answer. */
async function receivedLsn({ databases }: PromoteContext): Promise<string | null> {
  try {
    const [row] = await databases.standby.query('select pg_last_wal_receive_lsn()::text as lsn')
    return String(row?.lsn)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** Resolves when the standby has received nothing new for `stallMaxMs`, or when the signal is aborted. */
async function awaitStall(context: PromoteContext, signal: AbortSignal): Promise<void> {
  let [last, since] = [await receivedLsn(context), performance.now()]
  while (!signal.aborted && performance.now() - since < stallMaxMs) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined) // `signal` is looked at above
    const now = await receivedLsn(context)
    if (now !== null && now !== last) [last, since] = [now, performance.now()]
  }
}

/** Kills the old primary's PostgreSQL. One that the kernel does not let end still runs then: that is for `verify` to see. Throws HOST_*. */
export async function killServer({ doors }: PromoteContext, layout: PostgresLayout): Promise<void> {
  await doors.primary.run(killPostgres(layout), { timeoutMs: killMs })
}

/**
 * Stops the old primary's PostgreSQL in order, so that the standby gets all that it wrote. Where that does not go on any more it is killed:
 * one that hangs would never end, and nobody writes meanwhile. Throws HOST_*, and the signal's reason.
 */
export async function stopOrKill(context: PromoteContext, layout: PostgresLayout, io: StepIo): Promise<void> {
  const { primary } = context.doors
  const over = new AbortController()
  const signal = AbortSignal.any([io.signal, over.signal])
  const stopping = primary.runOrThrow(stopPostgres(layout), { timeoutMs: stopMs, signal })
  const isStopped = await Promise.race([
    stopping.then(() => true),
    awaitStall(context, signal).then(() => false),
  ]).finally(() => over.abort())
  if (isStopped) return
  stopping.catch(() => undefined) // it was told to end just now
  io.signal.throwIfAborted()
  io.output(
    `PostgreSQL did not stop, and sent nothing more for ${stallMaxMs / 1_000} s: it is killed. What was committed is in its WAL.`,
  )
  await killServer(context, layout)
  // systemd may still be waiting for the stop that hung.
  if (layout.unit !== null)
    await primary.runOrThrow(stopPostgres(layout), { timeoutMs: settleMs, signal: io.signal })
}
