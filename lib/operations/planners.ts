import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { lookForReplication } from '@/lib/operations/adopt/look-for-replication'
import { toInstall } from '@/lib/operations/create/package-facts'
import { type CreateGround, planCreate } from '@/lib/operations/create/plan-create'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { foundView } from '@/lib/operations/found-view'
import type { LockJudge } from '@/lib/operations/host-locks'
import { type HostQuestions, planOnPair } from '@/lib/operations/pair-planners'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { lockChecks } from '@/lib/operations/preflight/lock-checks'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { rightsChecks } from '@/lib/operations/preflight/rights-checks'
import type { PairWithWanted } from '@/lib/operations/rights/read-rights'
import type { Doors, HostDoor } from '@/lib/ports/host-door'
import type { PlanGround, Planners } from '@/lib/ports/planners'
import type { OperationRepository } from '@/lib/ports/store'
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

const installsPackages = ({ facts }: CreateGround): boolean => toInstall(facts.packages).length > 0

/** What could not be asked of a host that does not let us in would only hide the one thing to mend. */
function besideAccess(checks: readonly PreflightCheck[], more: readonly PreflightCheck[]): PreflightCheck[] {
  const closed = checks.filter(({ id, host, outcome }) => id === `${host}-access` && outcome === 'fail')
  return [...checks, ...more.filter(({ host }) => !closed.some((access) => access.host === host))]
}

/** What every kind of plan asks of its hosts: whether another operation holds them, and what their logins may do. */
function hostChecks(doorsOf: (ground: PlanGround) => Readonly<Record<Role, HostDoor>>, judge: LockJudge) {
  const onHosts = async (
    ground: PlanGround,
    pair: PairWithWanted,
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
    pair: PairWithWanted,
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
  operations: Pick<OperationRepository, 'listOfPair' | 'find'>
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
    recognise: (ground) => lookForReplication(ground, doorsOf(ground), clock),
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
    planOnPair: (ground) => planOnPair(ground, { doorsOf, clock, operations, withHosts }),
  }
}
