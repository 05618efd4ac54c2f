import { describeSchedule } from '@/lib/domain/describe-schedule'
import type { Instant } from '@/lib/domain/observation'
import { isBlocking } from '@/lib/domain/preflight'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { readPair } from '@/lib/services/pairs/read-pair'

/**
 * Begins a drill that is due, as an operator would, but by itself: told again and again while its hour lasts, it begins as soon as no check stands
 * against it. The same time of a schedule begins one drill, whichever workers see it. Never rejects; resolves when it has looked.
 */
export function createBeginDrill(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  log: WorkerLog,
): (slug: string, dueAt: Instant) => Promise<void> {
  const context = asUnderstudy(ground)
  const begin = async (slug: string, dueAt: Instant) => {
    const { pair, actions } = await readPair(context, { slug })
    const { drillSchedule } = pair
    if (!drillSchedule || !actions.some(({ action, allowed }) => action === 'drill' && allowed)) return
    const { cron, options } = drillSchedule
    const asked = { slug, operation: 'drill', options }
    // Asked first: a start that is refused for an hour would fill the audit.
    const { checks } = await planPairOperation(context, asked)
    if (isBlocking(checks)) {
      const why = checks.flatMap(({ outcome, evidence }) => (outcome === 'fail' ? [evidence] : []))
      log.warn({ pair: slug, dueAt, why }, 'a drill that is due could not begin yet')
      return
    }
    const reason = `It is due by its schedule: ${describeSchedule(cron)} (UTC).`
    const idempotencyKey = `drill due ${pair.id} ${dueAt}`
    await startPairOperation(context, { ...asked, reason, idempotencyKey })
  }
  const busy = new Set<string>()
  return async (slug, dueAt) => {
    if (busy.has(slug)) return
    busy.add(slug)
    try {
      await begin(slug, dueAt)
    } catch (err) {
      log.warn({ err, pair: slug, dueAt }, 'a drill that is due could not begin yet')
    } finally {
      busy.delete(slug)
    }
  }
}
