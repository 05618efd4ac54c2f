import { z } from 'zod'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

/** What a promote operation rests on. */
export const promoteFacts = z.object({
  standby: hostFacts,
  primary: hostFacts,
  /** The standby's own look at the primary's PostgreSQL. */
  primaryFromStandby: z.enum(['accepting', 'rejecting', 'no-response', 'not-asked']),
  /** What the promotion loses, in one sentence, as it was shown. */
  lossSentence: z.string(),
})

export type PromoteFacts = z.infer<typeof promoteFacts>
