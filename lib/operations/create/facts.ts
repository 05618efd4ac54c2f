import { z } from 'zod'
import { packageFacts } from '@/lib/operations/create/package-facts'
import {
  asidePlaceFacts,
  hostFacts,
  linkFacts,
  tablespacePlacesFacts,
} from '@/lib/operations/preflight/host-facts'
import { parityFacts } from '@/lib/operations/preflight/parity-facts'

/** What a create operation rests on: read at plan time, kept with the plan, needed by undo. */
export const createFacts = z.object({
  primary: hostFacts,
  standby: hostFacts,
  link: linkFacts,
  asidePlace: asidePlaceFacts.nullable().default(null),
  packages: z.array(packageFacts).default([]),
  tablespacePlaces: tablespacePlacesFacts.nullable().default(null),
  /** Null where one of the hosts could not be reached. */
  parity: parityFacts.nullable().default(null),
})

export type CreateFacts = z.infer<typeof createFacts>
