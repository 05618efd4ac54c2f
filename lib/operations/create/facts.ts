import { z } from 'zod'
import { hostFacts, linkFacts } from '@/lib/operations/preflight/host-facts'

/** What a create operation rests on: read at plan time, kept with the plan, needed by undo. */
export const createFacts = z.object({ primary: hostFacts, standby: hostFacts, link: linkFacts })

export type CreateFacts = z.infer<typeof createFacts>
