import { canDo } from '@/lib/domain/actions/permissions'
import type { Pair } from '@/lib/domain/pair'
import type { ActionId } from '@/lib/domain/states'
import { AppError } from '@/lib/errors'
import type { StoredObservation } from '@/lib/ports/store'
import { staleVerdict } from '@/lib/services/views/stale-verdict'

/** Throws PRECONDITION_FAILED with the reason unless the state table opens the action for what was seen last. */
export function requireOpen(
  action: ActionId,
  { pair, latest }: { pair: Pair; latest: StoredObservation | null },
  now: Date,
): void {
  const verdict = latest && staleVerdict(latest, now)
  const permission = canDo(
    action,
    verdict && { ...verdict, formerPrimary: pair.formerPrimary, owed: pair.owed },
  )
  if (!permission.allowed)
    throw new AppError('PRECONDITION_FAILED', permission.reason, {
      fix: 'Look at the pair’s page: it says what is needed first.',
    })
}
