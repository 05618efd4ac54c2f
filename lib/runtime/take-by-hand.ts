import { hasCode } from '@/lib/errors'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { takePromotion } from '@/lib/services/pairs/take-promotion'

/**
 * A standby that was promoted by its break-glass kit while the dashboard was away becomes the primary of the pair's record, as soon as it is seen.
 * Told again and again until it is; whichever worker is first does it. Never rejects; resolves when it has looked.
 */
export function createTakeByHand(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  log: WorkerLog,
): (slug: string) => Promise<void> {
  const context = asUnderstudy(ground)
  const busy = new Set<string>()
  return async (slug) => {
    if (busy.has(slug)) return
    busy.add(slug)
    try {
      await takePromotion(context, { slug })
      log.info({ pair: slug }, 'the standby was promoted by hand: the roles are exchanged')
    } catch (err) {
      // Another worker was faster, or an operation has begun meanwhile.
      if (!hasCode(err, 'PRECONDITION_FAILED', 'PAIR_BUSY'))
        log.warn({ err, pair: slug }, 'a promotion by hand could not be taken into the record yet')
    } finally {
      busy.delete(slug)
    }
  }
}
