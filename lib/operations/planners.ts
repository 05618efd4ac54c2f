import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { toInstall } from '@/lib/operations/create/package-facts'
import { type CreateGround, planCreate } from '@/lib/operations/create/plan-create'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { foundView } from '@/lib/operations/found-view'
import type { LockJudge } from '@/lib/operations/host-locks'
import { planOnPair } from '@/lib/operations/pair-planners'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { lockChecks } from '@/lib/operations/preflight/lock-checks'
import { readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { rightsChecks } from '@/lib/operations/preflight/rights-checks'
import type { Doors, HostDoor } from '@/lib/ports/host-door'
import type { PlanGround, Planners } from '@/lib/ports/planners'
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

/** What every kind of plan asks of its hosts: whether another operation holds them, and what their logins may do. */
function hostChecks(doorsOf: (ground: PlanGround) => Readonly<Record<Role, HostDoor>>, judge: LockJudge) {
  /** `installs`: whether packages will be installed on the standby; null for what is urgent. */
  const onHosts = async (ground: PlanGround, pair: Pair, installs: Promise<boolean> | null) => {
    const doorsNow = doorsOf(ground)
    const [locks, rights] = await Promise.all([
      lockChecks(ground.hosts, doorsNow, judge),
      rightsChecks({ ...ground, doors: doorsNow, pair, installs }),
    ])
    return [...rights, ...locks]
  }
  const withHosts = async (
    ground: PlanGround,
    pair: Pair,
    planning: Promise<Plan>,
    installs: Promise<boolean> | null,
  ): Promise<Plan> => {
    const [plan, checks] = await Promise.all([planning, onHosts(ground, pair, installs)])
    return { ...plan, preflight: [...plan.preflight, ...checks] }
  }
  return { onHosts, withHosts }
}

/** Plans of operations from facts read over the doors, now. */
export function createPlanners({
  doors,
  clock,
  judge,
}: {
  doors: Pick<Doors, 'door'>
  clock: Clock
  judge: LockJudge
}): Planners {
  const doorsOf = ({ hosts }: PlanGround): Readonly<Record<Role, HostDoor>> => ({
    primary: doors.door(hosts.primary),
    standby: doors.door(hosts.standby),
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
        onHosts(ground, pairToMake(ground.input), found.then(installsPackages)),
      ])
      return [...checks, ...more]
    },
    async planCreate(ground) {
      const planning = groundOf(ground, ground.operationId)
      const planned = planning.then((found) => planCreate(found, clock.now()))
      return withHosts(ground, pairToMake(ground.input), planned, planning.then(installsPackages))
    },
    planOnPair: (ground) => planOnPair(ground, { doorsOf, clock, withHosts }),
  }
}
