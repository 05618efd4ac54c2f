import { z } from 'zod'
import { pauseParts } from '@/lib/domain/pause'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

const what = z.array(z.enum(pauseParts))

/** A pause as the pair's record has it. */
export const pauseRecord = z.object({
  what,
  until: z.string(),
  by: z.string(),
  reason: z.string(),
  operationId: z.string(),
})

/** What pausing or resuming rests on. */
export const pauseFacts = z.object({
  standby: hostFacts,
  primary: hostFacts,
  /** The pair's pause when it was planned. */
  before: pauseRecord.nullable(),
  /** What is paused when it is done, and until when; null: nothing is. */
  after: z.object({ what, until: z.string() }).nullable(),
})

export type PauseFacts = z.infer<typeof pauseFacts>
