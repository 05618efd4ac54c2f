import { type Adoption, isOnlyObserved, observedReason } from '@/lib/domain/adopt/adoption'
import type { ActionId } from '@/lib/domain/states'

/**
 * What may be asked of a pair that somebody else made, where its state opens it. `closed`: only once all of it is taken over. `begun`: once
 * something of it is.
 */
export const whileObserved: Readonly<Record<ActionId, 'open' | 'closed' | 'begun'>> = {
  create: 'closed',
  adopt: 'open',
  promote: 'closed',
  switchover: 'closed',
  fence: 'closed',
  're-pair': 'closed',
  pause: 'closed',
  resume: 'closed',
  'change-settings': 'closed',
  unpair: 'begun',
  drill: 'closed',
  sync: 'closed',
  'repair-files': 'closed',
}

const nothingThere = 'Nothing of this pair is on its hosts by Understudy’s doing: forget it instead.'
const byHand = 'Where its primary is lost before that, it is promoted by hand: docs/adopt.md says how.'

/** Why the action is closed on an observed pair; null where it is not. */
export function closedWhileObserved(action: ActionId, adoption: Adoption): string | null {
  const rule = whileObserved[action]
  if (rule === 'open') return null
  if (rule === 'begun') return isOnlyObserved({ adoption }) ? nothingThere : null
  const reason = observedReason(adoption)
  return action === 'promote' ? `${reason} ${byHand}` : reason
}
