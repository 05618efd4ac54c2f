import { z } from 'zod'
import { createInput } from '@/lib/domain/inputs'
import { leaveChoices } from '@/lib/domain/unpair'
import { createFacts } from '@/lib/operations/create/facts'
import { postgresLayout } from '@/lib/operations/layout-facts'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

const role = z.enum(['primary', 'standby'])

/** Where a host's PostgreSQL lies and how it stands; null where nobody knows. */
const place = z
  .object({
    /** Its system identifier is that of the data found there. */
    layout: postgresLayout,
    state: z.enum(['primary', 'standby', 'stopped', 'silent']),
  })
  .nullable()

/** What an unpair rests on. */
export const unpairFacts = z.object({
  primary: hostFacts,
  standby: hostFacts,
  places: z.object({ primary: place, standby: place }),
  leave: z.enum(leaveChoices),
  /** Hosts on which something of the pair is to be removed, by whether they can be reached for it now. */
  acts: z.array(role),
  owes: z.array(role),
  /** System identifier of the pair's data; null where nobody knows, or the pair has no database. */
  systemIdentifier: z.string().nullable(),
  /** The operation that made the pair, or took it over, with what it found before; null where the store does not have it. */
  created: z
    .object({
      operationId: z.string(),
      /** `create` where nothing is said. */
      kind: z.enum(['create', 'adopt']).optional(),
      hosts: z.object({ primary: z.string(), standby: z.string() }),
      input: createInput,
      facts: createFacts,
    })
    .nullable(),
  /** Whether the standby's own data from before the pair is there and whole; null where it was not looked for. */
  original: z.object({ isThere: z.boolean(), sentence: z.string() }).nullable(),
  /** Whether it can be left as it was before it was taken over; null where it was not looked for. */
  asFound: z.object({ isThere: z.boolean(), sentence: z.string() }).nullable().optional(),
})

export type UnpairFacts = z.infer<typeof unpairFacts>
export type PlaceFacts = UnpairFacts['places']['primary']
