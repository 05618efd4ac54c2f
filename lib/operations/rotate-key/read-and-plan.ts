import { findOwnAuthorization, readKey } from '@/lib/commands/sync-access'
import { pairPlaces } from '@/lib/domain/host-places'
import { otherRole, type Role } from '@/lib/domain/pair'
import { knownHostsPath, pairFilePath } from '@/lib/domain/sync-names'
import type { PairPlanner, PlanReader } from '@/lib/operations/pair-planners'
import { askFor, readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { readLinkFacts } from '@/lib/operations/preflight/read-link-facts'
import type { RotateFacts } from '@/lib/operations/rotate-key/facts'
import { planRotate } from '@/lib/operations/rotate-key/plan-rotate'
import type { PairPlanGround } from '@/lib/ports/planners'

const timeoutMs = 20_000

async function readFacts(
  { pair, profile, hosts }: PairPlanGround,
  { doorsOf, clock }: PlanReader,
): Promise<RotateFacts> {
  const doors = doorsOf({ profile, hosts })
  const placesOf = (role: Role) => pairPlaces(hosts[role], pair.slug)
  const readHost = (role: Role) =>
    readHostFacts({
      door: doors[role],
      host: hosts[role],
      profile,
      directories: [],
      clock,
      asksServer: false,
    })
  const readAccess = (role: Role) =>
    askFor(async () => {
      const other = otherRole(role)
      const { stdout } = await doors[role].runOrThrow(readKey(placesOf(role)), { timeoutMs })
      const find = findOwnAuthorization(placesOf(other), hosts[other].user)
      const { exitCode } = await doors[other].run(find, { timeoutMs })
      return { publicKey: stdout.trim(), isLetIn: exitCode === 0 }
    })
  const at = placesOf('standby')
  const [primary, standby, access, formerAccess, reach] = await Promise.all([
    readHost('primary'),
    readHost('standby'),
    readAccess('standby'),
    readAccess('primary'),
    askFor(async () => ({
      knownHosts: await doors.standby.readFile(knownHostsPath(at)),
      pairFile: await doors.standby.readFile(pairFilePath(at)),
    })),
  ])
  const link = await readLinkFacts({ doors, found: { primary, standby }, hosts, primaryPort: 0 })
  return { primary, standby, link, access, formerAccess, reach }
}

/** The plan of a new key for the standby of a pair. No PostgreSQL is asked: a key is rotated also while a server is down. */
export const readAndPlanRotate: PairPlanner<'rotate-key'> = (ground, reader) => {
  const planned = readFacts(ground, reader).then((facts) =>
    planRotate({ ...ground, facts }, reader.clock.now()),
  )
  return reader.withHosts(ground, ground.pair, planned, { installs: null, required: ['primary', 'standby'] })
}
