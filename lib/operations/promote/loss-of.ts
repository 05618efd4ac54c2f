import type { StoredObservation } from '@/lib/ports/store'

/** What a promotion loses, as the last observation tells it. */
export const lossOf = (latest: StoredObservation | null): string =>
  latest?.verdict.loss.sentence ??
  'How much a promotion loses is not known: the pair has not been observed yet.'
