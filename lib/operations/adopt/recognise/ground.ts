import type { Finding } from '@/lib/domain/adopt/found-replication'
import { isAddress, isSameAddress } from '@/lib/domain/ip-address'
import type { Role } from '@/lib/domain/pair'
import type { CopyingJobs } from '@/lib/facts/copying-jobs'
import type { ReplicationSurvey } from '@/lib/facts/replication-survey'
import type { ReplicationTools } from '@/lib/facts/replication-tools'
import type { FoundFacts } from '@/lib/operations/adopt/facts'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { Profile } from '@/lib/profiles/schema'

/** What recognition looks at: facts alone. */
export type FoundGround = {
  readonly facts: FoundFacts
  readonly profile: Pick<Profile, 'directories' | 'walKeepSegments' | 'application' | 'logDirectory'>
}

/** What was read of one host; null where it could not be. */
export type HostSeen = {
  readonly host: HostFacts
  readonly replication: ReplicationSurvey | null
  readonly tools: ReplicationTools | null
  readonly jobs: CopyingJobs | null
}

export const seenOf = ({ facts }: Pick<FoundGround, 'facts'>, role: Role): HostSeen => ({
  host: facts[role],
  replication: answerOf(facts.replication[role]),
  tools: answerOf(facts.tools[role]),
  jobs: answerOf(facts.jobs[role]),
})

export const finding = (
  id: string,
  title: string,
  sentence: string,
  evidence: readonly string[],
): Finding => ({ id, title, sentence, evidence })

/** Whether a name or address that stands on a host means this one: by its address, by what the hosts know of the name, or by our name for it. */
export function isHost(
  { addresses }: Pick<FoundFacts, 'addresses'>,
  name: string | null | undefined,
  host: Pick<HostFacts, 'name' | 'address'>,
): boolean {
  if (!name) return false
  if (isAddress(name)) return isSameAddress(name, host.address)
  return name === host.name || (addresses[name] ?? []).some((address) => isSameAddress(address, host.address))
}
