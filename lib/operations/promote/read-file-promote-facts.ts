import type { FileRole } from '@/lib/domain/file-role'
import type { Host } from '@/lib/domain/host'
import type { Pair, Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { isListening } from '@/lib/operations/is-listening'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { askFor, readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { lossOf } from '@/lib/operations/promote/loss-of'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import type { HostDoor } from '@/lib/ports/host-door'
import type { StoredObservation } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

/**
 * What a promotion, or a fence, of a pair without a database rests on: both hosts, the roles that they say themselves, and whether
 * the primary answers the standby. No PostgreSQL is asked. What can't be read is in the facts.
 */
export async function readFilePromoteFacts(given: {
  doors: Readonly<Record<Role, HostDoor>>
  hosts: Readonly<Record<Role, Host>>
  pair: Pair
  profile: Profile
  latest: StoredObservation | null
  clock: Clock
}): Promise<PromoteFacts> {
  const { doors, hosts, profile, latest, clock } = given
  const read = (role: Role) =>
    readHostFacts({
      door: doors[role],
      host: hosts[role],
      profile,
      directories: [],
      clock,
      asksServer: false,
    })
  const [standby, primary] = await Promise.all([read('standby'), read('primary')])
  const readRole = async (role: Role, { machine }: HostFacts): Promise<FileRole | null> => {
    if (!machine.seen) return null
    return await readFileRoleOf(given, role).catch((error: unknown) => {
      if (error instanceof AppError) return null
      throw error
    })
  }
  const answers = standby.machine.seen
    ? await askFor(() => isListening(doors.standby, hosts.primary.address, hosts.primary.port))
    : null
  return {
    standby,
    primary,
    primaryAtRest: null,
    fileRoles: {
      primary: await readRole('primary', primary),
      standby: await readRole('standby', standby),
    },
    primaryFromStandby: !answers?.seen ? 'not-asked' : answers.value ? 'accepting' : 'no-response',
    pinnedIdentifier: null,
    ...lossOf(latest, false),
  }
}
