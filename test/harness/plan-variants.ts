import fc from 'fast-check'
import type { Plan } from '@/lib/domain/operation'
import type { Leave } from '@/lib/domain/unpair'
import { planCreate } from '@/lib/operations/create/plan-create'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import type { Profile } from '@/lib/profiles/schema'
import {
  createFactsOf,
  createInputOf,
  fileFactsOf,
  hostFactsOf,
  hostOf,
  profileOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const profile = profileOf()
export const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const seen = <T>(value: T) => ({ seen: true as const, value })
const unreachable = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'alpha can’t be reached.', fix: 'Look.' },
}
const unreachableHost = hostFactsOf('alpha', {
  machine: unreachable,
  asRoot: unreachable,
  asDatabaseOwner: unreachable,
  server: unreachable,
  data: unreachable,
  paths: unreachable,
})

/** What two sound hosts may differ in, so that the plan is another one. */
const anyGround = fc.record({
  versionNum: fc.constantFrom(120022, 130018, 150018, 170010),
  isTls: fc.boolean(),
  listens: fc.constantFrom('*', 'localhost', '10.7.0.11'),
  walLevel: fc.constantFrom('replica', 'minimal', 'logical'),
  walKeepSegments: fc.integer({ min: 1, max: 4_096 }),
  startConf: fc.constantFrom('auto', 'manual', null),
  hasUnit: fc.boolean(),
  hasApplication: fc.boolean(),
  hasCheck: fc.boolean(),
  scope: fc.constantFrom(
    { database: true, files: true },
    { database: true, files: false },
    { database: false, files: true },
  ),
  isDead: fc.boolean(),
  isIpv6: fc.boolean(),
})
export type Ground = typeof anyGround extends fc.Arbitrary<infer T> ? T : never

function profileFor({ hasApplication, hasCheck }: Ground): Profile {
  return {
    ...profile,
    application: {
      ...profile.application,
      unit: hasApplication ? profile.application.unit : null,
      check: hasCheck ? profile.application.check : null,
    },
  }
}

export function groundOf(given: Ground) {
  const profile = profileFor(given)
  const [one, other] = given.isIpv6 ? ['fd00::11', 'fd00::12'] : ['10.7.0.11', '10.7.0.12']
  const hosts = { primary: hostOf('alpha', one), standby: hostOf('beta', other) }
  const input = createInputOf({
    scope: given.scope,
    settings: { ...createInputOf().settings, walKeepSegments: given.walKeepSegments },
    agreeRestart: true,
  })
  const server = withSettings(serverFacts({ versionNum: given.versionNum }), {
    listen_addresses: given.listens,
    wal_level: given.walLevel,
    ssl: given.isTls ? 'on' : 'off',
  })
  const data = hostFactsOf('beta').data
  const standbyData = data.seen
    ? seen({
        ...data.value,
        startConf: given.startConf,
        unit: given.hasUnit ? data.value.unit : null,
      })
    : data
  const pair = {
    id: 'pair-1',
    slug: 'ledger',
    profileId: profile.id,
    scope: given.scope,
    settings: input.settings,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    isPaired: false,
    formerPrimary: 'none' as const,
  }
  return { profile, hosts, input, server, standbyData, pair, operationId }
}

function createPlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const facts = createFactsOf(
    given.scope.database
      ? {
          primary: hostFactsOf('alpha', { server: seen(server) }),
          standby: hostFactsOf('beta', { data: standbyData }),
        }
      : { primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') },
  )
  return planCreate({ ...ground, facts }, now)
}

function promotePlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const standby = serverFacts({ versionNum: given.versionNum, inRecovery: true, receiverStatus: 'streaming' })
  const facts = {
    ...(given.scope.database
      ? {
          standby: hostFactsOf('beta', { server: seen(standby), data: standbyData }),
          primary: given.isDead ? unreachableHost : hostFactsOf('alpha', { server: seen(server) }),
        }
      : {
          standby: fileFactsOf('beta'),
          primary: given.isDead ? unreachableHost : fileFactsOf('alpha'),
          fileRoles: { standby: 'standby' as const, primary: given.isDead ? null : ('primary' as const) },
        }),
    primaryAtRest: null,
    primaryFromStandby: given.isDead ? ('no-response' as const) : ('accepting' as const),
    pinnedIdentifier: standby.systemIdentifier,
    lossSentence: 'A promotion now would lose nothing of the database.',
  }
  return planPromote({ ...ground, facts }, now)
}

/** As what the standby is left follows from the ground, so that each way is met. */
const leaveOf = ({ hasCheck, hasUnit, scope }: Ground): Leave => {
  if (hasCheck) return 'original'
  return hasUnit && scope.database ? 'standalone' : 'stopped'
}

function unpairPlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const hasDatabase = given.scope.database
  const following = serverFacts({ versionNum: given.versionNum, inRecovery: true })
  const found = hasDatabase
    ? {
        primary: hostFactsOf('alpha', { server: seen(server) }),
        standby: hostFactsOf('beta', { server: seen(following), data: standbyData }),
      }
    : { primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') }
  const placeOf = (role: 'primary' | 'standby') => {
    const layout = hasDatabase ? postgresLayoutOf(found[role], ground.hosts[role]) : null
    return layout && { layout: { ...layout, systemIdentifier: server.systemIdentifier }, state: role }
  }
  const leave = leaveOf(given)
  const created = hasDatabase
    ? createFactsOf({
        primary: hostFactsOf('alpha', { server: seen(server) }),
        standby: hostFactsOf('beta', { data: standbyData }),
      })
    : createFactsOf({ primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') })
  const facts: UnpairFacts = {
    standby: found.standby,
    primary: given.isDead ? unreachableHost : found.primary,
    places: { primary: given.isDead ? null : placeOf('primary'), standby: placeOf('standby') },
    leave,
    acts: given.isDead ? ['standby'] : ['primary', 'standby'],
    owes: given.isDead ? ['primary'] : [],
    systemIdentifier: hasDatabase ? server.systemIdentifier : null,
    created: {
      operationId: 'b7c6d5e4-0000-4000-8000-000000000000',
      hosts: ground.pair.hosts,
      input: ground.input,
      facts: created,
    },
    original: leave === 'original' ? { isThere: true, sentence: 'It is there.' } : null,
  }
  return planUnpair({ ...ground, pair: { ...ground.pair, isPaired: true }, facts }, now)
}

/** Many grounds, and their plans, made once for all that is asked of them. */
export const grounds = fc.sample(anyGround, 80).map((given) => ({
  given,
  create: createPlanOf(given),
  promote: promotePlanOf(given),
  unpair: unpairPlanOf(given),
}))
type Made = (typeof grounds)[number]

/** Names the ground in what fails on it. */
function forEach(select: (made: Made) => readonly Plan[], verify: (plan: Plan, given: Ground) => void): void {
  for (const made of grounds)
    for (const plan of select(made))
      try {
        verify(plan, made.given)
      } catch (error) {
        throw new Error(`${plan.kind} on ${JSON.stringify(made.given)}`, { cause: error })
      }
}
export const plansOf = ({ create, promote, unpair }: Made) => [create, promote, unpair]
export const forEveryPlan = (verify: (plan: Plan, given: Ground) => void) => forEach(plansOf, verify)
export const forEveryCreate = (verify: (plan: Plan, given: Ground) => void) =>
  forEach(({ create }) => [create], verify)
export const forEveryPromote = (verify: (plan: Plan, given: Ground) => void) =>
  forEach(({ promote }) => [promote], verify)
