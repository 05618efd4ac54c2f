import { z } from 'zod'
import { machineParity } from '@/lib/facts/machine-parity'
import { ownerNames } from '@/lib/facts/owner-names'
import { databaseParity, serverParity, standbySupplies } from '@/lib/facts/server-parity'
import { asked } from '@/lib/operations/preflight/host-facts'

const hostParity = z.object({ machine: asked(machineParity), server: asked(serverParity) })

/** Owners, and groups, that are asked for their names; that there are more is told. */
export const ownersMax = 1_000

/** What of two hosts must suit before a copy of one serves on the other. Plain data, kept in the plan. */
export const parityFacts = z.object({
  primary: hostParity,
  standby: hostParity,
  /** The primary's databases that take sessions. */
  databases: z.array(z.object({ name: z.string(), found: asked(databaseParity) })),
  /** How many more there are that were not looked into. */
  databasesLeft: z.int(),
  /** What the standby has of what the primary's databases and the copy's settings name. */
  supplies: asked(standbySupplies),
  /** Time zones of the copy's settings that the standby's PostgreSQL does not know. */
  unknownZones: asked(z.array(z.string())),
  /** The owners that were found in the synced trees, by name and number. */
  owners: z.object({ primary: asked(ownerNames), standby: asked(ownerNames) }),
})
export type ParityFacts = z.infer<typeof parityFacts>
