import { type Command, sh } from '@/lib/commands/command'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import type { CreateInput } from '@/lib/domain/inputs'
import { isAddress } from '@/lib/domain/ip-address'
import { type Role, roles } from '@/lib/domain/pair'
import { parseConninfo } from '@/lib/facts/conninfo-words'
import { type CopyingJobs, copyingJobsQuestion, parseCopyingJobs } from '@/lib/facts/copying-jobs'
import {
  parseReplicationSurvey,
  type ReplicationSurvey,
  replicationSurveyQuestion,
} from '@/lib/facts/replication-survey'
import {
  parseReplicationTools,
  type ReplicationTools,
  replicationToolsQuestion,
} from '@/lib/facts/replication-tools'
import type { FoundFacts } from '@/lib/operations/adopt/facts'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { type Asked, answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { askFor, ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

const timeoutMs = 30_000
/** Names of other hosts that are looked up; more than a pair's jobs ever have. */
const namesMax = 20

export type FoundReading = {
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly hosts: Readonly<Record<Role, Host>>
  readonly profile: Profile
  /** The pair as a create would be asked for it. */
  readonly input: CreateInput
  readonly clock: Clock
}

async function readReplication(door: HostDoor, profile: Profile): Promise<ReplicationSurvey> {
  const session = await door.database(ownerTarget(profile.postgres))
  try {
    const { text, params } = replicationSurveyQuestion
    return parseReplicationSurvey(await session.query(text, params, { timeoutMs }))
  } finally {
    await session.close()
  }
}

/** Where the seed's script lies beside the application's own programs. */
function programDirectories({ application }: Profile): readonly string[] {
  const programs = [application.start, application.stop, application.check].map(
    (command) => command?.trim().split(/\s+/)[0] ?? '',
  )
  const directories = programs
    .filter((path) => path.startsWith('/'))
    .map((path) => path.replace(/\/[^/]*$/, ''))
  return [...new Set([...directories, '/opt/phantom/bin', '/opt/soar/bin'])]
}

async function readTools(
  door: HostDoor,
  profile: Profile,
  host: HostFacts,
  replication: Asked<ReplicationSurvey>,
): Promise<ReplicationTools> {
  const conninfo = parseConninfo(answerOf(replication)?.settings.primary_conninfo?.setting ?? '')
  const passfile = conninfo.get('passfile')
  const question = replicationToolsQuestion({
    dataDirectory: answerOf(host.server)?.dataDirectory ?? null,
    passwordFiles: passfile ? [passfile] : [],
    programDirectories: programDirectories(profile),
    logDirectories: [...new Set([profile.logDirectory, '/var/log/phantom'])],
  })
  return parseReplicationTools((await door.runOrThrow(question, { timeoutMs })).stdout)
}

const readJobs = async (door: HostDoor, host: Host): Promise<CopyingJobs> =>
  parseCopyingJobs((await door.runOrThrow(copyingJobsQuestion(hostPlaces(host)), { timeoutMs })).stdout)

/** Lines `NAME ADDRESS` for each address that the host knows of a name. */
const addressesQuestion = (names: readonly string[]): Command =>
  sh`for n in ${names}; do getent ahosts -- "$n" 2>/dev/null | awk -v n="$n" '{ print n, $1 }' | sort -u; done; true`

/** Names by which the jobs and the stream reach other hosts. */
function namesIn(jobs: Asked<CopyingJobs>, replication: Asked<ReplicationSurvey>): readonly string[] {
  const ofJobs = (answerOf(jobs)?.jobs ?? []).flatMap(({ copies }) =>
    copies.flatMap(({ from, to }) => [from.host, to.host]),
  )
  const names = [...ofJobs, answerOf(replication)?.receiver?.host ?? null].filter(
    (name): name is string => name !== null && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !isAddress(name),
  )
  return [...new Set(names)].slice(0, namesMax)
}

async function readAddresses(
  door: HostDoor,
  names: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  if (names.length === 0) return []
  const asked = await askFor(() => door.runOrThrow(addressesQuestion(names), { timeoutMs }))
  return (answerOf(asked)?.stdout ?? '').split('\n').flatMap((line) => {
    const [name, address] = line.split(' ')
    return name && address ? [[name, address] as const] : []
  })
}

/** Reads both hosts at once; what can't be read is in the facts, and nothing is changed. */
export async function readFoundFacts(reading: FoundReading): Promise<FoundFacts> {
  const { doors, hosts, profile } = reading
  const created = readCreateFacts(reading)
  const [facts, ...each] = await Promise.all([
    created,
    ...roles.map(async (role) => {
      const [replication, jobs] = await Promise.all([
        askFor(() => readReplication(doors[role], profile)),
        askFor(() => readJobs(doors[role], hosts[role])),
      ])
      const host = (await created)[role]
      const tools = await askFor(() => readTools(doors[role], profile, host, replication))
      const addresses = await readAddresses(doors[role], namesIn(jobs, replication))
      return { replication, jobs, tools, addresses }
    }),
  ])
  const [primary, standby] = each
  if (!primary || !standby) throw new Error('both hosts are read')
  const addresses: Record<string, string[]> = {}
  for (const [name, address] of [...primary.addresses, ...standby.addresses])
    addresses[name] = [...new Set([...(addresses[name] ?? []), address])]
  return {
    ...facts,
    replication: { primary: primary.replication, standby: standby.replication },
    tools: { primary: primary.tools, standby: standby.tools },
    jobs: { primary: primary.jobs, standby: standby.jobs },
    addresses,
  }
}
