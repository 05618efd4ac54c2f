import type { Role } from '@/lib/domain/pair'
import type { FoundReplicationView } from '@/lib/domain/views'
import { readFoundFacts } from '@/lib/operations/adopt/read-found-facts'
import { recognise } from '@/lib/operations/adopt/recognise/recognise'
import { observePreflight } from '@/lib/operations/preflight/observe-preflight'
import type { HostDoor } from '@/lib/ports/host-door'
import type { PlanGround } from '@/lib/ports/planners'
import type { Clock } from '@/lib/time'

/** Looks for a replication that somebody else made between two hosts; nothing is changed. The hosts are asked what a create would ask them. */
export async function lookForReplication(
  { profile, hosts }: PlanGround,
  doors: Readonly<Record<Role, HostDoor>>,
  clock: Clock,
): Promise<FoundReplicationView> {
  const { walKeepSegments, directories } = profile
  const input = {
    slug: 'observed',
    profileId: profile.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    scope: { database: true, files: true, packages: false },
    settings: { walKeepSegments, directories: [...directories] },
    agreeRestart: false,
    oldDataDirectory: null,
  }
  const facts = await readFoundFacts({ profile, hosts, doors, input, clock })
  return { ...recognise({ facts, profile }, clock.now()), checks: observePreflight({ facts, profile }) }
}
