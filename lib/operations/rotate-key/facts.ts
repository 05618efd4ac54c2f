import { z } from 'zod'
import { asked, hostFacts, linkFacts } from '@/lib/operations/preflight/host-facts'

/** A host's key for the other one, and whether a line of the pair's in authorized_keys there lets it in. */
const accessFacts = z.object({ publicKey: z.string(), isLetIn: z.boolean() })

/** What rotating the key of a pair rests on. */
export const rotateFacts = z.object({
  primary: hostFacts,
  standby: hostFacts,
  link: linkFacts,
  /** The standby's key for the primary; the public part is empty where there is none. */
  access: asked(accessFacts),
  /** The primary's for the standby, from when the roles were the other way round. */
  formerAccess: asked(accessFacts),
  /** What tells the standby how the primary is reached: known_hosts and pair.conf; null where there is no such file. */
  reach: asked(z.object({ knownHosts: z.string().nullable(), pairFile: z.string().nullable() })),
})

export type RotateFacts = z.infer<typeof rotateFacts>
