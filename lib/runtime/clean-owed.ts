import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import { AppError } from '@/lib/errors'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import { createResumeOwn } from '@/lib/runtime/resume-own'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'

/** A host that is only just coming up has no PostgreSQL yet; later on a look each minute is enough. */
const pausesMs: readonly number[] = [0, 1_000, 2_000, 5_000, 10_000, 30_000]
const laterMs = 60_000

const owedOf = (pair: Pair | null, host: Host) => pair?.owed?.find(({ hostId }) => hostId === host.id)

/**
 * Cleans a host that was away when its pair was taken apart: the unpair's rest is planned from facts read now and started as an
 * operation, as an operator would, as soon as no check stands against it. Given each host that answers anew; it goes on until nothing is
 * owed there any more. The same debt is begun once, whichever workers see it.
 */
export function createCleanOwed(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  { log, signal }: { log: WorkerLog; signal: AbortSignal },
): (host: Host) => void {
  const context = asUnderstudy(ground)
  const resumeStanding = createResumeOwn(context, {
    kind: 'unpair',
    reason: 'Something of the pair is still on a host that answers.',
  })
  /** A plan leaves no row in the audit: what stands against it for hours is not refused there each minute. */
  const startWhenClear = async ({ slug }: Pair, host: Host, since: string) => {
    if (await resumeStanding(slug)) return
    const { checks, plan } = await planPairOperation(context, { slug, operation: 'unpair' })
    if (isBlocking(checks) || plan.steps.length === 0) return
    await startPairOperation(context, {
      slug,
      operation: 'unpair',
      reason: `${host.name} answers again: what the pair left there is removed.`,
      idempotencyKey: `owed ${host.id} ${since}`,
    })
  }
  /** Begins what is owed on the host; false once nothing is. */
  const clean = async (pairId: string, host: Host): Promise<boolean> => {
    const pair = await context.store.pairs.find(pairId)
    const owed = owedOf(pair, host)
    if (!pair || !owed) return false
    try {
      await startWhenClear(pair, host, owed.since)
    } catch (err) {
      if (!(err instanceof AppError)) throw err
      log.warn({ err, pair: pair.slug, host: host.name }, 'what is owed on a host could not be removed yet')
    }
    return true
  }
  const busy = new Set<string>()
  const cleanPatiently = async (pairId: string, host: Host) => {
    const key = `${pairId} ${host.id}`
    if (busy.has(key)) return
    busy.add(key)
    try {
      for (let round = 0; ; round += 1) {
        await sleep(pausesMs[round] ?? laterMs, undefined, { signal })
        if (!(await clean(pairId, host))) return
      }
    } finally {
      busy.delete(key)
    }
  }
  const cleanAll = async (host: Host) => {
    const pairs = await context.store.pairs.list()
    await Promise.all(pairs.filter((pair) => owedOf(pair, host)).map((pair) => cleanPatiently(pair.id, host)))
  }
  return (host) =>
    void cleanAll(host).catch((err: unknown) => {
      if (!signal.aborted) log.error({ err, host: host.name }, 'what is owed on a host could not be removed')
    })
}
