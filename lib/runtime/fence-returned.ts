import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@/lib/errors'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'

const pausesMs: readonly number[] = [1_000, 2_000, 5_000, 10_000, 30_000]

/**
 * Starts the fencing of a former primary that came back, as an operator would, but by itself: the verb plans from facts read now and
 * refuses what they don't prove. A refusal is tried again a few times, for a host that is only just coming up; then the alarm
 * stands for somebody. The same return is fenced once, whichever workers see it.
 */
export function createFenceReturned(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  { log, signal }: { log: WorkerLog; signal: AbortSignal },
): (slug: string, returnId: string) => void {
  const context: ServiceContext = {
    ...ground,
    actor: { kind: 'system', name: 'Understudy', role: 'administrator' },
    origin: 'the watch',
  }
  const start = (slug: string, returnId: string) =>
    startPairOperation(context, {
      slug,
      operation: 'fence',
      reason: 'The former primary came back writable, and this pair is set to fence it by itself.',
      idempotencyKey: `returned ${returnId}`,
    })
  const startPatiently = async (slug: string, returnId: string) => {
    for (const pauseMs of [0, ...pausesMs])
      try {
        await sleep(pauseMs, undefined, { signal })
        return await start(slug, returnId)
      } catch (err) {
        if (signal.aborted) return null
        if (!(err instanceof AppError)) throw err
        log.warn({ err, pair: slug }, 'a former primary that came back could not be fenced by itself yet')
      }
    return null
  }
  return (slug, returnId) => {
    startPatiently(slug, returnId).catch((err: unknown) =>
      log.error({ err, pair: slug }, 'a former primary that came back could not be fenced by itself'),
    )
  }
}
