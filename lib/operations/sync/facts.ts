import { z } from 'zod'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

/** What a sync that somebody asks for rests on. */
export const syncFacts = z.object({
  standby: hostFacts,
  primary: hostFacts,
  /** What was asked for, by ids; none: all of the pair's directories. */
  asked: z.array(z.string()),
})
export type SyncFacts = z.infer<typeof syncFacts>
