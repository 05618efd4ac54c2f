import { stat } from 'node:fs/promises'
import type { Session } from '@/cli/open-session'
import type { Host } from '@/lib/domain/host'
import type { CheckOutcome, PreflightCheck } from '@/lib/domain/preflight'
import { toPublicError } from '@/lib/errors'
import { listHosts } from '@/lib/services/hosts/list-hosts'
import { readHostRights } from '@/lib/services/hosts/read-host-rights'
import { testRegisteredHost } from '@/lib/services/hosts/test-registered-host'
import { listPairs } from '@/lib/services/pairs/list-pairs'

const oldestNode = [20, 19] as const

type Finding = readonly [outcome: CheckOutcome, evidence: string, fix?: string]

const toCheck = (id: string, title: string, [outcome, evidence, fix = '']: Finding): PreflightCheck => ({
  id,
  title,
  host: 'both',
  outcome,
  evidence,
  fix,
  canOverride: false,
})

/** Looks after the dashboard itself: what it runs on, its store, its worker, and its way to every host. */
export async function examine(session: Session): Promise<readonly PreflightCheck[]> {
  const own = [
    toCheck('node', 'Node', nodeFinding()),
    toCheck('master-key', 'Master key', await keyFinding(session)),
    toCheck('store', 'Store', await storeFinding(session)),
    toCheck('profiles', 'Profiles', profilesFinding(session)),
  ]
  if (own.some(({ id, outcome }) => id === 'store' && outcome === 'fail')) return own
  const hosts = await listHosts(session.context)
  const reached = await Promise.all(
    hosts.map(async (host) =>
      toCheck(`host-${host.name}`, `Host ${host.name}`, await hostFinding(session, host)),
    ),
  )
  return [
    ...own,
    ...(await pairProfileChecks(session)),
    toCheck('worker', 'Worker', await workerFinding(session)),
    ...reached,
    ...(await rightsChecks(session, hosts)),
  ]
}

/** What each login with sudo may do as root, beside what this version needs: after an upgrade that may be something else. */
async function rightsChecks(session: Session, hosts: readonly Host[]): Promise<readonly PreflightCheck[]> {
  const pairs = await listPairs(session.context)
  const asked = pairs.flatMap(({ pair }) =>
    Object.values(pair.hosts).flatMap((hostId) => {
      const host = hosts.find(({ id }) => id === hostId)
      return host?.privilege === 'sudo' ? [{ host, slug: pair.slug }] : []
    }),
  )
  return await Promise.all(
    asked.map(async ({ host, slug }) =>
      toCheck(
        `rights-${host.name}-${slug}`,
        `Rights on ${host.name} for ${slug}`,
        await rightsFinding(session, host, slug),
      ),
    ),
  )
}

async function rightsFinding({ context }: Session, host: Host, slug: string): Promise<Finding> {
  try {
    const { state, sentence, fix } = await readHostRights(context, { hostId: host.id, slug })
    const isInOrder = state === 'exact' || state === 'unrestricted' || state === 'not-needed'
    return isInOrder ? ['pass', sentence] : ['fail', sentence, fix]
  } catch (error) {
    const { message, fix } = toPublicError(error)
    return ['warn', message, fix]
  }
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
  return isOld
    ? ['fail', `${process.version} is too old.`, `Install Node ${oldestNode.join('.')} or newer.`]
    : ['pass', process.version]
}

async function keyFinding({ environment }: Session): Promise<Finding> {
  const { mode } = await stat(environment.masterKeyFile)
  const isOpen = (mode & 0o077) !== 0
  return isOpen
    ? [
        'fail',
        `${environment.masterKeyFile} can be read by others.`,
        `chmod 600 ${environment.masterKeyFile}`,
      ]
    : ['pass', environment.masterKeyFile]
}

async function storeFinding({ context, environment }: Session): Promise<Finding> {
  const began = performance.now()
  try {
    await context.store.pairs.list()
    const where = environment.databaseUrl === null ? 'the embedded server' : 'the server of DATABASE_URL'
    return ['pass', `${where} answers in ${Math.ceil(performance.now() - began)} ms`]
  } catch (error) {
    const { message, fix } = toPublicError(error)
    return ['fail', message, fix]
  }
}

/** What can't be used, and is therefore missing. */
function profilesFinding({ context: { profiles, profileProblems } }: Session): Finding {
  const names = [...profiles.keys()].join(', ')
  if (profileProblems.length === 0) return ['pass', names]
  const files = profileProblems.map(({ file }) => file).join(', ')
  return [
    'fail',
    `${profileProblems.flatMap(({ sentences }) => sentences).join('; ')}. In use: ${names}`,
    `Mend or remove ${files} and restart Understudy.`,
  ]
}

/** Pairs that nobody watches because their profile is missing. */
async function pairProfileChecks({ context }: Session): Promise<readonly PreflightCheck[]> {
  return (await listPairs(context)).flatMap(({ pair: { slug }, profileProblem: problem }) =>
    problem
      ? [toCheck(`profile-of-${slug}`, `Profile of ${slug}`, ['fail', problem.message, problem.fix])]
      : [],
  )
}

/** The verdict of a pair that nobody looks at is unknown with its own sentence. One without its profile is not the worker's fault. */
async function workerFinding({ context }: Session): Promise<Finding> {
  const pairs = (await listPairs(context)).filter(({ profileProblem }) => profileProblem === null)
  if (pairs.length === 0) return ['not-applicable', 'there is no pair to watch']
  const nowMs = context.clock.now().getTime()
  const ages = pairs.map(({ observation }) =>
    observation ? (nowMs - Date.parse(observation.at)) / 1000 : null,
  )
  const late = pairs
    .filter((_, index) => (ages[index] ?? Number.POSITIVE_INFINITY) > 10)
    .map(({ pair }) => pair.slug)
  return late.length === 0
    ? ['pass', `looked at every pair within ${Math.ceil(Math.max(...ages.map((age) => age ?? 0)))} s`]
    : ['fail', `has not looked at ${late.join(', ')} for 10 s`, 'Start the dashboard, or look into its log.']
}

async function hostFinding({ context }: Session, host: Host): Promise<Finding> {
  try {
    const { privilege, operatingSystem } = await testRegisteredHost(context, { hostId: host.id })
    return ['pass', `${host.user}@${host.address}: ${privilege}, ${operatingSystem}`]
  } catch (error) {
    const { message, fix } = toPublicError(error)
    return ['fail', message, fix]
  }
}
