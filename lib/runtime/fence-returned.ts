import { setTimeout as sleep } from 'node:timers/promises'
import { isBlocking } from '@/lib/domain/preflight'
import { AppError } from '@/lib/errors'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import { createResumeOwn } from '@/lib/runtime/resume-own'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'

const pausesMs: readonly number[] = [1_000, 2_000, 5_000, 10_000, 30_000]
/**
 * Starts the fencing of a former primary that came back, as an operator would, but by itself: the verb plans from facts read now and
 * refuses what they don't prove. A refusal is tried again a few times, for a host that is only just coming up. Told again of a
 * return that could not be fenced, it plans once more, and starts as soon as no check stands against it. The same return is fenced
 * once, whichever workers see it.
 */
export function createFenceReturned(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  { log, signal }: { log: WorkerLog; signal: AbortSignal },
): (slug: string, returnId: string) => void {
  const context = asUnderstudy(ground)
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
        await start(slug, returnId)
        return
      } catch (err) {
        if (signal.aborted) return
        if (!(err instanceof AppError)) throw err
        log.warn({ err, pair: slug }, 'a former primary that came back could not be fenced by itself yet')
      }
  }
  /** A plan leaves no row in the audit: what stands against the fence for hours is refused there once. */
  const startWhenClear = async (slug: string, returnId: string) => {
    const { checks } = await planPairOperation(context, { slug, operation: 'fence' })
    if (!isBlocking(checks)) await start(slug, returnId)
  }
  const resumeStanding = createResumeOwn(context, {
    kind: 'fence',
    reason: 'The former primary still accepts writes.',
  })
  /** Returns that were told, and whether something is being done about them just now. */
  const told = new Map<string, boolean>()
  return (slug, returnId) => {
    const isBusy = told.get(returnId)
    if (isBusy) return
    told.set(returnId, true)
    const begin = isBusy === undefined ? startPatiently : startWhenClear
    resumeStanding(slug)
      .then((isResumed) => (isResumed ? undefined : begin(slug, returnId)))
      .catch((err: unknown) => {
        if (!signal.aborted)
          log.error({ err, pair: slug }, 'a former primary that came back could not be fenced by itself')
      })
      .finally(() => told.set(returnId, false))
  }
}
