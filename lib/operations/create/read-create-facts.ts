import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { Role } from '@/lib/domain/pair'
import { asidePlaceQuestion, parseAsidePlace } from '@/lib/facts/aside-place'
import { parseTablespacePlaces, tablespacePlacesQuestion } from '@/lib/facts/tablespace-places'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { readPackageFacts } from '@/lib/operations/create/read-package-facts'
import {
  type AsidePlaceFacts,
  answerOf,
  type HostFacts,
  type TablespacePlacesFacts,
} from '@/lib/operations/preflight/host-facts'
import { askFor, isNoAccess, readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { noLinkFacts, readLinkFacts } from '@/lib/operations/preflight/read-link-facts'
import { readParityFacts } from '@/lib/operations/preflight/read-parity-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

/** Reads both hosts at once, then what they see of each other and whether they suit. What can't be read is in the facts. */
export async function readCreateFacts(given: {
  doors: Readonly<Record<Role, HostDoor>>
  hosts: Readonly<Record<Role, Host>>
  profile: Profile
  input: CreateInput
  clock: Clock
}): Promise<CreateFacts> {
  const { doors, hosts, profile, input, clock } = given
  const directories = input.scope.files ? input.settings.directories.map(({ path }) => path) : []
  const asksServer = input.scope.database
  const read = (role: Role) =>
    readHostFacts({ door: doors[role], host: hosts[role], profile, directories, clock, asksServer })
  const [primary, standby] = await Promise.all([read('primary'), read('standby')])
  const found = { primary, standby }
  const primaryPort = Number(answerOf(primary.server)?.settings.port?.setting ?? profile.postgres.port)
  const isSeen = primary.machine.seen && standby.machine.seen
  const { scope } = input
  const [link, packages, asidePlace, tablespacePlaces, parity] = await Promise.all([
    readLinkFacts({ doors, found, hosts, primaryPort }).catch((error: unknown) => {
      if (isNoAccess(error)) return noLinkFacts
      throw error
    }),
    scope.packages && isSeen ? readPackageFacts({ doors, hosts, profile }) : [],
    readAsidePlace(doors.standby, standby, input),
    readTablespacePlaces(doors.standby, primary, standby),
    isSeen ? readParityFacts({ doors, hosts: found, profile, scope, directories }) : null,
  ])
  return { primary, standby, link, asidePlace, tablespacePlaces, packages, parity }
}

/** The place that the operator chose for the old data; null where none was chosen, or there is no data to be put there. */
async function readAsidePlace(
  door: HostDoor,
  standby: HostFacts,
  input: CreateInput,
): Promise<AsidePlaceFacts | null> {
  const server = answerOf(standby.server)
  const { oldDataDirectory, scope } = input
  if (!server || oldDataDirectory === null || !scope.database) return null
  const question = asidePlaceQuestion(oldDataDirectory, server.dataDirectory)
  return askFor(async () => parseAsidePlace((await door.runOrThrow(question, { timeoutMs: 15_000 })).stdout))
}

/** The places of the primary's tablespaces on the standby; null where there are none. */
async function readTablespacePlaces(
  door: HostDoor,
  primary: HostFacts,
  standby: HostFacts,
): Promise<TablespacePlacesFacts | null> {
  const paths = (answerOf(primary.server)?.tablespacePlaces ?? []).map(({ location }) => location)
  if (paths.length === 0 || !standby.data.seen) return null
  return askFor(async () =>
    parseTablespacePlaces(
      paths,
      (await door.runOrThrow(tablespacePlacesQuestion(paths), { timeoutMs: 15_000 })).stdout,
    ),
  )
}
