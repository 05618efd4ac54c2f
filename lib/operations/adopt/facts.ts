import { z } from 'zod'
import { adoptPieces } from '@/lib/domain/adopt/pieces'
import { createInput } from '@/lib/domain/inputs'
import { copyingJobs } from '@/lib/facts/copying-jobs'
import { replicationSurvey } from '@/lib/facts/replication-survey'
import { replicationTools } from '@/lib/facts/replication-tools'
import { createFacts } from '@/lib/operations/create/facts'
import { asked } from '@/lib/operations/preflight/host-facts'

const ofBoth = <T extends z.ZodType>(value: T) => z.object({ primary: asked(value), standby: asked(value) })

/** What a replication is recognised by: what a create would find, and how the two servers replicate, who made that and what copies their files. */
const foundFacts = z.object({
  ...createFacts.shape,
  replication: ofBoth(replicationSurvey),
  tools: ofBoth(replicationTools),
  jobs: ofBoth(copyingJobs),
  /** Addresses of the names by which jobs reach other hosts, as the hosts themselves know them. */
  addresses: z.record(z.string(), z.array(z.string())),
})
export type FoundFacts = z.infer<typeof foundFacts>

const hbaBlock = z.array(z.string()).nullable()

/** What taking a pair over rests on. */
export const adoptFacts = z.object({
  ...foundFacts.shape,
  /** What is taken over now, and what has been before. */
  pieces: z.array(z.enum(adoptPieces)),
  taken: z.array(z.enum(adoptPieces)),
  /** The pair as a create would be asked for it. */
  input: createInput,
  /** The lines of ours in pg_hba.conf of each host; null where there are none. */
  hbaBlocks: z.object({ primary: hbaBlock, standby: hbaBlock }),
})
export type AdoptFacts = z.infer<typeof adoptFacts>
