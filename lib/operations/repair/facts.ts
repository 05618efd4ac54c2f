import { z } from 'zod'
import { fileRoles } from '@/lib/domain/file-role'
import { repairWays } from '@/lib/domain/repair-way'
import { createFacts } from '@/lib/operations/create/facts'
import { postgresLayout } from '@/lib/operations/layout-facts'
import { pauseRecord } from '@/lib/operations/pause/facts'

const standbyData = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unreadable'), why: z.string() }),
  z.object({ kind: z.literal('other'), systemIdentifier: z.string() }),
  z.object({
    kind: z.literal('ours'),
    timeline: z.int(),
    redoLsn: z.string(),
    lastLsn: z.string().nullable(),
    isAttached: z.boolean(),
    canRewind: z.boolean(),
  }),
])

const primaryLine = z.object({
  timeline: z.int(),
  lsn: z.string(),
  oldestLsn: z.string(),
  history: z.array(z.object({ timeline: z.int(), endsAt: z.string() })),
  forkedAt: z.string().nullable(),
})

/** What a database that is to follow again rests on. */
const repairedDatabase = z.object({
  /** Where the standby's PostgreSQL is, running or not. */
  layout: postgresLayout,
  line: primaryLine,
  data: standbyData,
  /** Whether its server ran when the plan was made. */
  ran: z.boolean(),
  /** First line of its `standby.signal`. */
  signal: z.string().nullable(),
  /** The lines of ours in pg_hba.conf of each host; null where there are none. */
  hbaBlocks: z.object({
    primary: z.array(z.string()).nullable(),
    standby: z.array(z.string()).nullable(),
  }),
  ways: z.array(z.enum(repairWays)),
  reason: z.string(),
})

/** What a re-pair rests on: what a create would, and how the standby's own data stand to the primary's. */
export const repairFacts = createFacts.extend({
  /** Null where the pair leaves its database out, or where one of the two servers could not be asked for what it needs. */
  database: repairedDatabase.nullable(),
  /** Why `database` is null though the pair has one; empty else. */
  unreadable: z.string().default(''),
  /** Where the pair has no database: the role for the files that each host says. */
  fileRoles: z
    .object({ primary: z.enum(fileRoles).nullable(), standby: z.enum(fileRoles).nullable() })
    .optional(),
  /** The pair's record when the plan was made: an undo brings it back, whenever the operation is taken up. */
  recorded: z.object({
    formerPrimary: z.enum(['none', 'fenced', 'watched']),
    pause: pauseRecord.nullable(),
    /** Where the hosts were found the other way round than recorded: as they were recorded. */
    hosts: z.object({ primary: z.string(), standby: z.string() }).optional(),
  }),
})
export type RepairFacts = z.infer<typeof repairFacts>
export type RepairedDatabase = z.infer<typeof repairedDatabase>
