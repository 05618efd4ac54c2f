import fc from 'fast-check'
import type { Plan } from '@/lib/domain/operation'
import type { PackageKind } from '@/lib/domain/packages'
import type { Leave } from '@/lib/domain/unpair'
import { planChange } from '@/lib/operations/change-settings/plan-change'
import { planCreate } from '@/lib/operations/create/plan-create'
import { planDrill } from '@/lib/operations/drill/plan-drill'
import { planFence } from '@/lib/operations/fence/plan-fence'
import { planPause } from '@/lib/operations/pause/plan-pause'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { planRepair } from '@/lib/operations/repair/plan-repair'
import { planRepairFiles } from '@/lib/operations/repair-files/plan-repair-files'
import { planSwitchover } from '@/lib/operations/switchover/plan-switchover'
import { planSync } from '@/lib/operations/sync/plan-sync'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import type { Profile } from '@/lib/profiles/schema'
import { adoptVariant } from '@/test/harness/adopt-variants'
import { drillFactsFor } from '@/test/harness/drill-facts'
import {
  createFactsOf,
  createInputOf,
  fileFactsOf,
  hostFactsOf,
  hostOf,
  packageFactsOf,
  profileOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const profile = profileOf()
export const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const seen = <T>(value: T) => ({ seen: true as const, value })
const away = (code: string) => ({
  seen: false as const,
  why: { code, message: 'alpha does not answer.', fix: 'Look.' },
})
const unreachable = away('HOST_UNREACHABLE')
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
  /** Of a pair without its database the host alone counts: it answers or not. */
  primary: fc.constantFrom('answers', 'hangs', 'without-data', 'dead'),
  packages: fc.constantFrom<readonly PackageKind[]>([], ['deb', 'pip'], ['rpm']),
  isIpv6: fc.boolean(),
})
export type Ground = typeof anyGround extends fc.Arbitrary<infer T> ? T : never

function profileFor({ hasApplication, hasCheck, packages }: Ground): Profile {
  return {
    ...profile,
    packages: {
      system: packages.some((kind) => kind !== 'pip'),
      pip: packages.includes('pip') ? { command: '/usr/bin/pip3', user: false, wheelDirectory: null } : null,
    },
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
  const scope = { ...given.scope, packages: given.packages.length > 0 }
  const input = createInputOf({
    scope,
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
    scope,
    settings: input.settings,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    isPaired: false,
    formerPrimary: 'none' as const,
  }
  return { profile, hosts, input, server, standbyData, pair, operationId }
}

function createPlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const hosts = given.scope.database
    ? {
        primary: hostFactsOf('alpha', { server: seen(server) }),
        standby: hostFactsOf('beta', { data: standbyData }),
      }
    : { primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') }
  const packages = given.packages.map((kind) => ({ ...packageFactsOf(), kind }))
  return planCreate({ ...ground, facts: createFactsOf({ ...hosts, packages }) }, now)
}

type OldPrimary = Pick<PromoteFacts, 'primary' | 'primaryAtRest' | 'primaryLayout' | 'primaryFromStandby'>

/** What is found of the old primary of a database; `server`: where it answers. */
function oldPrimaryOf(given: Ground, server: ReturnType<typeof serverFacts>): OldPrimary {
  const silent = { primaryAtRest: null, primaryFromStandby: 'no-response' as const }
  if (given.primary === 'dead') return { ...silent, primary: unreachableHost }
  const answering = hostFactsOf('alpha', { server: seen(server) })
  if (given.primary === 'answers')
    return { primary: answering, primaryAtRest: null, primaryFromStandby: 'accepting' }
  const primaryLayout = postgresLayoutOf(answering, groundOf(given).hosts.primary)
  if (given.primary === 'without-data') {
    const gone = away('POSTGRES_DOWN')
    return { ...silent, primary: hostFactsOf('alpha', { server: gone, data: gone }), primaryLayout }
  }
  return {
    ...silent,
    primary: hostFactsOf('alpha', { server: away('POSTGRES_TIMED_OUT') }),
    primaryAtRest: {
      clusterState: 'in production',
      checkpointLsn: '0/3000060',
      startConf: given.startConf,
      isRunning: true,
    },
    primaryLayout,
  }
}

/** What is found before a promotion; or after it, with the former primary back, before that is fenced. */
function pairFactsOf(given: Ground, isPromoted: boolean): PromoteFacts {
  const { server, standbyData } = groundOf(given)
  const role = isPromoted ? { timeline: 2 } : { inRecovery: true, receiverStatus: 'streaming' }
  const standby = serverFacts({ versionNum: given.versionNum, ...role })
  const isDead = given.primary === 'dead'
  return {
    ...(given.scope.database
      ? {
          standby: hostFactsOf('beta', { server: seen(standby), data: standbyData }),
          ...oldPrimaryOf(given, server),
        }
      : {
          standby: fileFactsOf('beta'),
          primary: isDead ? unreachableHost : fileFactsOf('alpha'),
          primaryAtRest: null,
          primaryFromStandby: isDead ? ('no-response' as const) : ('accepting' as const),
          fileRoles: {
            standby: isPromoted ? ('primary' as const) : ('standby' as const),
            primary: isDead ? null : ('primary' as const),
          },
        }),
    pinnedIdentifier: standby.systemIdentifier,
    lossSentence: 'A promotion now would lose nothing of the database.',
  }
}

/** Without steps, as a worker never gets one, where nothing is proved to be the former primary. */
const fencePlanOf = (given: Ground): Plan =>
  planFence({ ...groundOf(given), facts: pairFactsOf(given, true) }, now)

const promotePlanOf = (given: Ground): Plan =>
  planPromote({ ...groundOf(given), facts: pairFactsOf(given, false) }, now)

/** Both hosts answer, each in its role, and are found again as they are to be. */
function switchoverPlanOf(given: Ground): Plan {
  const facts = pairFactsOf({ ...given, primary: 'answers' }, false)
  const found = {
    turned: createFactsOf({ primary: facts.standby, standby: facts.primary }),
    standbyHbaBlock: given.hasUnit ? ['local all understudy_monitor scram-sha-256'] : null,
    behindBytes: given.scope.database ? 0 : null,
    recorded: { formerPrimary: 'none' as const, pause: null },
  }
  return planSwitchover({ ...groundOf(given), facts: { ...facts, ...found } }, now)
}

const waysOf = {
  answers: ['start', 'rewind', 'base-backup'],
  hangs: ['follow', 'base-backup'],
  'without-data': ['base-backup'],
  dead: ['rewind', 'base-backup'],
} as const

/** The host that was the primary follows again; how it was found tells by which ways. */
function rePairPlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const standby = hostFactsOf('beta', { data: standbyData })
  const layout = postgresLayoutOf(standby, ground.hosts.standby)
  if (!layout) throw new Error('a sound host has a layout')
  const data = {
    kind: 'ours',
    timeline: 1,
    redoLsn: '0/2000028',
    lastLsn: '0/3000028',
    isAttached: false,
  } as const
  const database = {
    layout,
    line: {
      timeline: 2,
      lsn: '0/5000060',
      oldestLsn: '0/1000000',
      history: [{ timeline: 1, endsAt: '0/3000100' }],
      forkedAt: now.toISOString(),
    },
    data: { ...data, canRewind: true },
    ran: given.hasUnit,
    signal: given.isTls ? null : 'Understudy fence, operation 1',
    hbaBlocks: { primary: null, standby: ['local all understudy_monitor scram-sha-256'] },
    ways: [...waysOf[given.primary]],
    reason: 'It is enough.',
  }
  const hosts = given.scope.database
    ? { primary: hostFactsOf('alpha', { server: seen(server) }), standby }
    : { primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') }
  const roles = { fileRoles: { primary: 'primary' as const, standby: 'former' as const } }
  const found = {
    ...createFactsOf(hosts),
    unreadable: '',
    recorded: given.hasCheck
      ? { formerPrimary: 'fenced' as const, pause: null }
      : {
          formerPrimary: 'none' as const,
          pause: null,
          hosts: { primary: ground.hosts.standby.id, standby: ground.hosts.primary.id },
        },
  }
  const facts = given.scope.database ? { ...found, database } : { ...found, database: null, ...roles }
  return planRepair({ ...ground, facts }, now)
}

/** As what the standby is left follows from the ground, so that each way is met. */
const leaveOf = ({ hasCheck, hasUnit, scope }: Ground): Leave => {
  if (hasCheck) return 'original'
  return hasUnit && scope.database ? 'standalone' : 'stopped'
}

/** A pair whose standby follows, as it is found. */
function pairedOf(given: Ground) {
  const { server, standbyData } = groundOf(given)
  const following = serverFacts({ versionNum: given.versionNum, inRecovery: true })
  return given.scope.database
    ? {
        primary: hostFactsOf('alpha', { server: seen(server) }),
        standby: hostFactsOf('beta', { server: seen(following), data: standbyData }),
      }
    : { primary: fileFactsOf('alpha'), standby: fileFactsOf('beta') }
}

/** Of each ground what it has, in one pause and the end of it. */
function pausedOf({ scope }: Ground) {
  const what = (['sync', 'replay'] as const).filter((part) => scope[part === 'sync' ? 'files' : 'database'])
  return { what, until: '2026-11-23T05:00:00.000Z', by: 'ann', reason: 'disk swap', operationId: 'o' }
}

const pausePlanOf = (given: Ground): Plan =>
  planPause({ ...groundOf(given), facts: { ...pairedOf(given), before: null, after: pausedOf(given) } }, now)

const resumePlanOf = (given: Ground): Plan =>
  planPause({ ...groundOf(given), facts: { ...pairedOf(given), before: pausedOf(given), after: null } }, now)

/** Somebody else made the pair; without a database nothing of it could be recognised, so that there are no steps. */
function adoptPlanOf(given: Ground): Plan {
  const ground = groundOf(given)
  const kind = given.hasUnit ? 'by-hand' : 'pg-basebackup'
  const pieces = given.hasCheck ? [] : (['replication'] as const)
  return adoptVariant({ ...ground, kind, found: pairedOf(given), pieces: [...pieces] }, now)
}

/** More WAL is kept, by a slot too, and of the directories one goes and one stays at another time. */
function changePlanOf(given: Ground): Plan {
  const { server: _, standbyData: __, ...ground } = groundOf(given)
  const { scope, settings } = ground.pair
  const [one] = settings.directories
  const after = {
    ...settings,
    walKeepSegments: given.walKeepSegments + 1,
    directories: one ? [{ ...one, schedule: '*/9 * * * *' }] : [],
  }
  const facts = {
    ...createFactsOf(pairedOf(given)),
    before: { scope, settings },
    after: { scope, settings: after },
  }
  return planChange({ ...ground, facts }, now)
}

function unpairPlanOf(given: Ground): Plan {
  const { server, standbyData, ...ground } = groundOf(given)
  const hasDatabase = given.scope.database
  const found = pairedOf(given)
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
  const isServing = given.primary === 'answers' || (!hasDatabase && given.primary !== 'dead')
  const facts: UnpairFacts = {
    standby: found.standby,
    primary: hasDatabase ? oldPrimaryOf(given, server).primary : isServing ? found.primary : unreachableHost,
    places: { primary: isServing ? placeOf('primary') : null, standby: placeOf('standby') },
    leave,
    acts: isServing ? ['primary', 'standby'] : ['standby'],
    owes: isServing ? [] : ['primary'],
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

/** A sync of all directories, and a repair of what is known to differ in them. */
const copyingOf = (given: Ground) => ({
  ...groundOf(given),
  facts: { ...pairedOf(given), asked: [], files: [{ id: 'vault', names: ['a/one'], total: 1 }] },
})

/** Many grounds, and their plans, made once for all that is asked of them. */
export const grounds = fc.sample(anyGround, 80).map((given) => ({
  given,
  create: createPlanOf(given),
  adopt: adoptPlanOf(given),
  promote: promotePlanOf(given),
  switchover: switchoverPlanOf(given),
  fence: fencePlanOf(given),
  rePair: rePairPlanOf(given),
  pause: pausePlanOf(given),
  resume: resumePlanOf(given),
  change: changePlanOf(given),
  unpair: unpairPlanOf(given),
  drill: planDrill({ ...groundOf(given), facts: drillFactsFor(given, pairedOf(given)) }, now),
  sync: planSync(copyingOf(given), now),
  'repair-files': planRepairFiles(copyingOf(given), now),
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
/** Every plan that an operation may be started with. */
export const plansOf = ({ given: _, ...plans }: Made) =>
  Object.values(plans).filter(({ steps }) => steps.length > 0)

export const forEveryPlan = (verify: (plan: Plan, given: Ground) => void) => forEach(plansOf, verify)
export const forEveryCreate = (verify: (plan: Plan, given: Ground) => void) =>
  forEach(({ create }) => [create], verify)
export const forEveryPromote = (verify: (plan: Plan, given: Ground) => void) =>
  forEach(({ promote }) => [promote], verify)
