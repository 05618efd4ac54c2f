import { z } from 'zod'
import { fileRoles } from '@/lib/domain/file-role'
import { roles } from '@/lib/domain/pair'
import { keptLoss, keptRowFiles } from '@/lib/domain/plan-facts'
import { postgresLayout } from '@/lib/operations/layout-facts'
import { hostFacts } from '@/lib/operations/preflight/host-facts'

const fileRole = z.enum(fileRoles).nullable()

/** What a promote operation rests on. */
export const promoteFacts = z.object({
  standby: hostFacts,
  primary: hostFacts,
  /** Where the primary's host answers but its PostgreSQL does not: its data directory, proved by the system identifier. */
  primaryAtRest: z
    .object({
      clusterState: z.string(),
      checkpointLsn: z.string(),
      startConf: z.string().nullable(),
      /** Its postmaster is there all the same. */
      isRunning: z.boolean().optional(),
    })
    .nullable(),
  /** Where the primary's PostgreSQL was not seen: where it is at rest, else where an operation saw it last. */
  primaryLayout: postgresLayout.nullable().optional(),
  /** Where the pair has no database: the role for the files that each host says; null too where it could not be asked. */
  fileRoles: z.object({ primary: fileRole, standby: fileRole }).optional(),
  /** The standby's own look at the primary's PostgreSQL; at its sshd where the pair has no database. */
  primaryFromStandby: z.enum(['accepting', 'rejecting', 'no-response', 'not-asked']),
  /**
   * The system that the primary is of: as it answers, was observed last, or a plan found it. Null where nobody ever saw it; the standby's own
   * word would prove nothing.
   */
  pinnedIdentifier: z.string().nullable(),
  /** What the promotion loses, in one sentence, as it was shown. */
  lossSentence: z.string(),
  /** The whole of it, with when it was seen. */
  loss: keptLoss,
  /** A fence where no promotion says which host must not write: which of them the operator chose, by its recorded role. */
  chosen: z.enum(roles).optional(),
  /** Which files are newer on the primary than on the standby; empty where the pair has none. */
  newerFiles: z.string().optional(),
  /** Which files that rows refer to the standby lacks, as it was looked when it was planned. */
  rowFiles: keptRowFiles,
})

export type PromoteFacts = z.infer<typeof promoteFacts>
