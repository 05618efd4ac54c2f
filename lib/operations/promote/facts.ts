import { z } from 'zod'
import { fileRoles } from '@/lib/domain/file-role'
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
  /** Where the pair has no database: the role for the files that each host says; null too where it could not be asked. */
  fileRoles: z.object({ primary: fileRole, standby: fileRole }).optional(),
  /** The standby's own look at the primary's PostgreSQL; at its sshd where the pair has no database. */
  primaryFromStandby: z.enum(['accepting', 'rejecting', 'no-response', 'not-asked']),
  /** The system identifier that the pair was last seen with; null when it was never observed. */
  pinnedIdentifier: z.string().nullable(),
  /** What the promotion loses, in one sentence, as it was shown. */
  lossSentence: z.string(),
  /** Which files are newer on the primary than on the standby; empty where the pair has none. */
  newerFiles: z.string().optional(),
})

export type PromoteFacts = z.infer<typeof promoteFacts>
