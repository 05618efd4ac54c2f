import type { GivingWay } from '@/lib/domain/giving-way'
import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { toInstall } from '@/lib/operations/create/package-facts'
import { type CreateGround, planCreate } from '@/lib/operations/create/plan-create'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { planFence } from '@/lib/operations/fence/plan-fence'
import { foundView } from '@/lib/operations/found-view'
import type { LockJudge } from '@/lib/operations/host-locks'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { lockChecks } from '@/lib/operations/preflight/lock-checks'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { rightsChecks } from '@/lib/operations/preflight/rights-checks'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { isStillAsPlanned } from '@/lib/operations/promote/is-still-as-planned'
import { lastLayoutOf } from '@/lib/operations/promote/last-layout'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { readFilePromoteFacts } from '@/lib/operations/promote/read-file-promote-facts'
import { readNewerFiles } from '@/lib/operations/promote/read-newer-files'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'
import type { Doors, HostDoor } from '@/lib/ports/host-door'
import type { PlanGround, Planners } from '@/lib/ports/planners'
import type { OperationRepository, StoredObservation } from '@/lib/ports/store'
import type { Clock } from '@/lib/time'

/** The pair that a create operation will make: its id is known only once it is stored. */
const pairToMake = ({ slug, profileId, scope, settings, hosts }: CreateInput): Pair => ({
  id: '',
  slug,
  profileId,
  scope,
  settings,
  hosts,
  isPaired: false,
  formerPrimary: 'none',
})

/** What a promotion rests on, and what it would lose. */
async function readPromote(ground: Parameters<typeof readGround>[0]): Promise<PromoteFacts> {
  const [facts, newerFiles] = await Promise.all([
    readGround(ground),
    readNewerFiles({ ...ground, door: ground.doors.primary }),
  ])
  return { ...facts, newerFiles }
}

/** How many of a pair's latest operations are searched for where its primary's PostgreSQL was seen last. */
const searchedMax = 20

/** What a promotion, or a fence, finds on both hosts. */
function readGround(
  ground: PlanGround & {
    pair: Pair
    latest: StoredObservation | null
    doors: Readonly<Record<Role, HostDoor>>
    clock: Clock
    operations: Pick<OperationRepository, 'listOfPair'>
  },
): Promise<PromoteFacts> {
  const { pair, hosts, operations } = ground
  if (!pair.scope.database) return readFilePromoteFacts(ground)
  const lastLayout = async (systemIdentifier: string) =>
    lastLayoutOf(await operations.listOfPair(pair.id, searchedMax), hosts.primary, systemIdentifier)
  return readPromoteFacts({ ...ground, lastLayout })
}

const installsPackages = ({ facts }: CreateGround): boolean => toInstall(facts.packages).length > 0

type HostQuestions = {
  /** Whether packages will be installed on the standby; null for what is urgent. */
  readonly installs: Promise<boolean> | null
  /** The hosts without which the operation can't be. */
  readonly required: readonly Role[]
  /** Hosts on which no step acts. */
  readonly beside?: readonly Role[]
  /** A promotion that stands, and is closed when the operation begins. */
  readonly givingWay?: GivingWay | null
}

/** What could not be asked of a host that does not let us in would only hide the one thing to mend. */
function besideAccess(checks: readonly PreflightCheck[], more: readonly PreflightCheck[]): PreflightCheck[] {
  const closed = checks.filter(({ id, host, outcome }) => id === `${host}-access` && outcome === 'fail')
  return [...checks, ...more.filter(({ host }) => !closed.some((access) => access.host === host))]
}

/** What every kind of plan asks of its hosts: whether another operation holds them, and what their logins may do. */
function hostChecks(doorsOf: (ground: PlanGround) => Readonly<Record<Role, HostDoor>>, judge: LockJudge) {
  const onHosts = async (
    ground: PlanGround,
    pair: Pair,
    { installs, required, beside = [], givingWay = null }: HostQuestions,
  ) => {
    const doorsNow = doorsOf(ground)
    const [locks, rights] = await Promise.all([
      lockChecks(ground.hosts, doorsNow, judge, { required, beside, givingWay }),
      rightsChecks({ ...ground, doors: doorsNow, pair, installs, required }),
    ])
    return [...rights, ...locks]
  }
  const withHosts = async (
    ground: PlanGround,
    pair: Pair,
    planning: Promise<Plan>,
    questions: HostQuestions,
  ): Promise<Plan> => {
    const [plan, checks] = await Promise.all([planning, onHosts(ground, pair, questions)])
    return { ...plan, preflight: besideAccess(plan.preflight, checks) }
  }
  return { onHosts, withHosts }
}

const both: readonly Role[] = ['primary', 'standby']

/** Plans of operations from facts read over the doors, now. */
export function createPlanners({
  doors,
  clock,
  judge,
  operations,
}: {
  doors: Pick<Doors, 'door'>
  clock: Clock
  judge: LockJudge
  operations: Pick<OperationRepository, 'listOfPair'>
}): Planners {
  const doorsOf = ({ hosts, profile }: PlanGround): Readonly<Record<Role, HostDoor>> => ({
    primary: doors.door(hosts.primary, profile.postgres.osUser),
    standby: doors.door(hosts.standby, profile.postgres.osUser),
  })
  const groundOf = async (
    ground: PlanGround & { input: CreateInput },
    operationId: OperationId,
  ): Promise<CreateGround> => {
    const facts = await readCreateFacts({ ...ground, doors: doorsOf(ground), clock })
    return { ...ground, operationId, pair: pairToMake(ground.input), facts }
  }
  const { onHosts, withHosts } = hostChecks(doorsOf, judge)
  return {
    async readFound(ground) {
      const { profile, hosts } = ground
      const directories = profile.directories.map(({ path }) => path)
      const read = (role: Role) =>
        readHostFacts({ door: doorsOf(ground)[role], host: hosts[role], profile, directories, clock })
      const [primary, standby] = await Promise.all([read('primary'), read('standby')])
      return foundView({ primary, standby })
    },
    async checkCreate(ground) {
      const found = groundOf(ground, '')
      const [checks, more] = await Promise.all([
        found.then(createPreflight),
        onHosts(ground, pairToMake(ground.input), {
          installs: found.then(installsPackages),
          required: both,
        }),
      ])
      return besideAccess(checks, more)
    },
    async planCreate(ground) {
      const planning = groundOf(ground, ground.operationId)
      const planned = planning.then((found) => planCreate(found, clock.now()))
      return withHosts(ground, pairToMake(ground.input), planned, {
        installs: planning.then(installsPackages),
        required: both,
      })
    },
    async planPromote(ground) {
      const { shown, pair, latest } = ground
      if (shown && latest && isStillAsPlanned(shown, ground, latest)) return shown
      const reading = readPromote({ ...ground, doors: doorsOf(ground), clock, operations })
      const planned = reading.then((facts) => planPromote({ ...ground, facts }, clock.now()))
      return withHosts(ground, pair, planned, { installs: null, required: ['standby'] })
    },
    async planFence(ground) {
      const { primary, standby } = ground.hosts
      const before = { ...ground, hosts: { primary: standby, standby: primary } }
      const reading = readGround({ ...before, doors: doorsOf(before), clock, operations })
      const planned = reading.then((facts) => planFence({ ...before, facts }, clock.now()))
      return withHosts(before, ground.pair, planned, {
        installs: null,
        required: ['primary'],
        beside: ['standby'],
        givingWay: ground.givingWay,
      })
    },
  }
}
