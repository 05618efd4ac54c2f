import { z } from 'zod'
import { createFacts } from '@/lib/operations/create/facts'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { repairFacts } from '@/lib/operations/repair/facts'

/** What a switch over rests on: what a promotion does, and both hosts in the roles that they are to have. */
export const switchoverFacts = promoteFacts.extend({
  turned: createFacts,
  /** The lines of ours in pg_hba.conf of the standby; null where there are none, or the pair leaves its database out. */
  standbyHbaBlock: z.array(z.string()).nullable(),
  /** How far behind the standby's replay was, in bytes; null while that is not known. */
  behindBytes: z.number().nullable(),
  recorded: repairFacts.shape.recorded,
})
export type SwitchoverFacts = z.infer<typeof switchoverFacts>
