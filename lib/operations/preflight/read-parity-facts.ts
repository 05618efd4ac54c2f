import type { Role } from '@/lib/domain/pair'
import { hasCode } from '@/lib/errors'
import { machineParityQuestion, parseMachineParity } from '@/lib/facts/machine-parity'
import { type OwnersAsked, ownerNamesQuestion, parseOwnerNames } from '@/lib/facts/owner-names'
import {
  databaseParityQuestion,
  parseDatabaseParity,
  parseServerParity,
  parseStandbySupplies,
  serverParityQuestion,
  standbySuppliesQuestion,
  timeZoneKnownQuestion,
} from '@/lib/facts/server-parity'
import { inLanes } from '@/lib/operations/in-lanes'
import {
  extensionsOf,
  librariesOf,
  preloadedOnCopy,
  type ServerPair,
  serverPair,
  settingOnCopy,
  zonesOnCopy,
} from '@/lib/operations/preflight/copy-settings'
import { type Asked, answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { ownersMax, type ParityFacts } from '@/lib/operations/preflight/parity-facts'
import { askFor, ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import type { DatabaseSession, HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

const timeoutMs = 15_000
/** Sessions that are opened at once on the primary: it is in use. */
const sessionsAtOnce = 3
/** Databases that are looked into; that there are more is told. */
export const databasesMax = 50

type Ground = {
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly hosts: Readonly<Record<Role, HostFacts>>
  readonly profile: Profile
  readonly scope: { readonly database: boolean; readonly files: boolean }
  /** Synced directories. */
  readonly directories: readonly string[]
}

const notAsked = (message: string) => ({ seen: false, why: { code: 'NOT_FOUND', message, fix: '' } }) as const
const leftOut = notAsked('Not looked at: it is left out of this pair.')
const notKnown = notAsked('Not looked at, because one of the two servers could not be asked what it needs.')

async function inSession<T>(
  door: HostDoor,
  profile: Profile,
  database: string,
  work: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const session = await door.database({ ...ownerTarget(profile.postgres), database })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

async function readHost({ doors, hosts, profile, scope }: Ground, role: Role): Promise<ParityFacts[Role]> {
  const door = doors[role]
  const readMachine = async () => {
    const question = machineParityQuestion(profile.application)
    return parseMachineParity((await door.runOrThrow(question, { timeoutMs })).stdout)
  }
  const readServer = () =>
    inSession(door, profile, 'postgres', async (session) => {
      const { text, params } = serverParityQuestion
      return parseServerParity(await session.query(text, params, { timeoutMs }))
    })
  const canAskServer = scope.database && hosts[role].server.seen
  const [machine, server] = await Promise.all([
    askFor(readMachine),
    canAskServer ? askFor(readServer) : scope.database ? notKnown : leftOut,
  ])
  return { machine, server }
}

/** What each database of the primary needs, a few at once. */
async function readDatabases(
  { doors, profile }: Ground,
  parity: ParityFacts['primary'],
): Promise<Pick<ParityFacts, 'databases' | 'databasesLeft'>> {
  const all = answerOf(parity.server)?.databases.filter(({ canConnect }) => canConnect) ?? []
  const chosen = all.slice(0, databasesMax)
  const found = new Map<string, ParityFacts['databases'][number]['found']>()
  await inLanes(sessionsAtOnce, chosen, async ({ name }) => {
    const read = async (session: DatabaseSession) =>
      parseDatabaseParity(await session.query(databaseParityQuestion, [], { timeoutMs }))
    found.set(name, await askFor(() => inSession(doors.primary, profile, name, read)))
  })
  return {
    databases: chosen.map(({ name }) => ({ name, found: found.get(name) ?? notKnown })),
    databasesLeft: all.length - chosen.length,
  }
}

async function readUnknownZones(session: DatabaseSession, zones: readonly string[]): Promise<string[]> {
  const unknown: string[] = []
  for (const zone of zones) {
    const { text, params } = timeZoneKnownQuestion(zone)
    try {
      await session.query(text, params, { timeoutMs })
    } catch (error) {
      // Nothing else in this statement can be refused by a server that answers.
      if (!hasCode(error, 'POSTGRES_QUERY_FAILED')) throw error
      unknown.push(zone)
    }
  }
  return unknown
}

/** The standby's own server is asked for what the copy will need of it. */
async function readSupplies(
  { doors, profile }: Ground,
  parity: Pick<ParityFacts, 'databases'>,
  servers: ServerPair | null,
): Promise<Pick<ParityFacts, 'supplies' | 'unknownZones'>> {
  if (servers === null) return { supplies: notKnown, unknownZones: notKnown }
  const libraries = [...new Set([...librariesOf(parity), ...preloadedOnCopy(servers)])]
  const names = [...new Set(extensionsOf(parity).map(({ name }) => name))]
  const question = standbySuppliesQuestion(libraries, settingOnCopy(servers, 'dynamic_library_path'), names)
  const ask = <T>(work: (session: DatabaseSession) => Promise<T>) =>
    askFor(() => inSession(doors.standby, profile, 'postgres', work))
  const [supplies, unknownZones] = await Promise.all([
    ask(async (session) =>
      parseStandbySupplies(await session.query(question.text, question.params, { timeoutMs })),
    ),
    ask((session) => readUnknownZones(session, zonesOnCopy(servers))),
  ])
  return { supplies, unknownZones }
}

/** Numbers of the owners in the synced trees of both hosts. */
function numbersIn({ hosts, directories }: Ground): OwnersAsked {
  const trees = [hosts.primary, hosts.standby].flatMap((host) => answerOf(host.paths) ?? [])
  const owners = trees.filter(({ path }) => directories.includes(path)).flatMap((tree) => tree.owners)
  const distinct = (ids: readonly number[]) => [...new Set(ids)].slice(0, ownersMax).map(String)
  return { users: distinct(owners.map(({ uid }) => uid)), groups: distinct(owners.map(({ gid }) => gid)) }
}

/** Who the owners are: by number on the primary, and on the standby by the same numbers and by those names. */
async function readOwners(ground: Ground): Promise<ParityFacts['owners']> {
  if (!ground.scope.files) return { primary: leftOut, standby: leftOut }
  const ask = (role: Role, asked: OwnersAsked) =>
    askFor(async () =>
      parseOwnerNames((await ground.doors[role].runOrThrow(ownerNamesQuestion(asked), { timeoutMs })).stdout),
    )
  const numbers = numbersIn(ground)
  const primary = await ask('primary', numbers)
  const namesOf = (kind: 'users' | 'groups') => answerOf(primary)?.[kind].map(({ name }) => name) ?? []
  const standby = await ask('standby', {
    users: [...numbers.users, ...namesOf('users')],
    groups: [...numbers.groups, ...namesOf('groups')],
  })
  return { primary, standby }
}

/**
 * What must suit on two hosts that could be reached, in questions that are bounded and asked at once where one does not need the answer of
 * another. Never throws for what a host answers or does not answer: the reason is in the facts.
 */
export async function readParityFacts(ground: Ground): Promise<ParityFacts> {
  const { hosts, scope } = ground
  const owners = readOwners(ground)
  const [primary, standby] = await Promise.all([readHost(ground, 'primary'), readHost(ground, 'standby')])
  const found = await readDatabases(ground, primary)
  const none: Asked<never> = scope.database ? notKnown : leftOut
  const parity = { primary, standby, ...found, supplies: none, unknownZones: none }
  const servers = serverPair(hosts, { ...parity, owners: { primary: leftOut, standby: leftOut } })
  const supplies = scope.database ? await readSupplies(ground, found, servers) : {}
  return { ...parity, ...supplies, owners: await owners }
}
