import type { KeptLoss } from '@/lib/domain/plan-facts'
import type { StoredObservation } from '@/lib/ports/store'

/** What a promotion loses, as the last observation tells it: in one sentence, and as it is kept with the plan. */
export const lossOf = (
  latest: StoredObservation | null,
  hasDatabase: boolean,
): { readonly lossSentence: string; readonly loss: KeptLoss | null } => ({
  lossSentence:
    latest?.verdict.loss.sentence ??
    'How much a promotion loses is not known: the pair has not been observed yet.',
  loss: latest && { ...latest.verdict.loss, at: latest.observation.at, hasDatabase },
})
