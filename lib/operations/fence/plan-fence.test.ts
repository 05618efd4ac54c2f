import { expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import { planFence } from '@/lib/operations/fence/plan-fence'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { fileFactsOf, hostFactsOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'

const seen = <T>(value: T) => ({ seen: true as const, value })
const away = (code: string) => ({ seen: false as const, why: { code, message: 'It is away.', fix: 'Look.' } })
const systemIdentifier = '7400000000000000001'
const promoted = (over = {}) =>
  hostFactsOf('beta', { server: seen(serverFacts({ systemIdentifier, timeline: 2, ...over })) })
const former = (over = {}) =>
  hostFactsOf('alpha', { server: seen(serverFacts({ systemIdentifier, timeline: 1, ...over })) })

function planOf(over: Partial<PromoteFacts> = {}, hasDatabase = true) {
  const facts: PromoteFacts = {
    standby: promoted(),
    primary: former(),
    primaryAtRest: null,
    primaryFromStandby: 'accepting',
    pinnedIdentifier: systemIdentifier,
    lossSentence: '',
    ...over,
  }
  const any = grounds.find(({ given }) => given.scope.database === hasDatabase)
  if (!any) throw new Error('there are no grounds')
  const { hosts, pair, operationId } = groundOf(any.given)
  return planFence(
    { operationId, pair, hosts, profile: profileOf(), facts },
    new Date('2026-11-23T03:00:00Z'),
  )
}

const idsOf = ({ steps }: ReturnType<typeof planOf>) => steps.map(({ id }) => id)

test('a former primary on the older timeline is stopped, fenced and recorded, and nothing of it is taken back', () => {
  const plan = planOf()
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(idsOf(plan)).toEqual(['stop-old-application', 'fence-primary', 'record-fenced'])
  expect(new Set(plan.steps.map(({ undo }) => undo))).toEqual(new Set(['nothing-to-undo']))
  expect(plan.warnings.join()).toContain('in no other place')
})

test('one of a pair without a database is told that it is none any more, and its application is stopped', () => {
  const sight = { standby: fileFactsOf('beta'), primary: fileFactsOf('alpha'), pinnedIdentifier: null }
  const plan = planOf({ ...sight, fileRoles: { standby: 'primary', primary: 'primary' } }, false)
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(idsOf(plan)).toEqual(['stop-old-application', 'fence-files', 'record-fenced'])
  expect(new Set(plan.steps.map(({ undo }) => undo))).toEqual(new Set(['nothing-to-undo']))
  const without = planOf({ ...sight, fileRoles: { standby: 'standby', primary: 'primary' } }, false)
  expect(isBlocking(without.preflight)).toBe(true)
})

test('one that does not run is fenced where it lies, once its data are proved', () => {
  const down = hostFactsOf('alpha', { server: away('POSTGRES_DOWN') })
  const primaryAtRest = { clusterState: 'shut down', checkpointLsn: '0/3000060', startConf: 'auto' }
  const plan = planOf({ primary: down, primaryAtRest })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(idsOf(plan)).toContain('fence-primary')
  expect(planOf({ primary: down }).steps).toEqual([])
  expect(isBlocking(planOf({ primary: down }).preflight)).toBe(true)
})

test('one whose PostgreSQL hangs is killed first, and that is not taken back either', () => {
  const hung = hostFactsOf('alpha', { server: away('POSTGRES_TIMED_OUT') })
  const primaryAtRest = { clusterState: 'in production', checkpointLsn: '0/3000060', startConf: 'auto' }
  const plan = planOf({ primary: hung, primaryAtRest: { ...primaryAtRest, isRunning: true } })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(idsOf(plan).slice(0, 3)).toEqual(['end-hung-primary', 'stop-old-application', 'fence-primary'])
  expect(new Set(plan.steps.map(({ undo }) => undo))).toEqual(new Set(['nothing-to-undo']))
})

test('of two that accept writes and are no former primary the chosen one is fenced, once its name is typed', () => {
  const standby = planOf({
    chosen: 'standby',
    standby: promoted({ timeline: 1 }),
    primary: former({ timeline: 2 }),
  })
  expect(isBlocking(standby.preflight)).toBe(false)
  expect(standby.acknowledgement).toBe('fence alpha')
  expect(standby.warnings.join()).toContain('since the two went apart')
  expect(idsOf(standby)).toEqual(['stop-old-application', 'fence-primary', 'record-fenced'])
})

test('where that is the one expected as primary, the other one serves from then on, and no file flows onto it', () => {
  const plan = planOf({ chosen: 'primary' })
  expect(plan.acknowledgement).toBe('fence alpha')
  const ids = idsOf(plan)
  expect(ids.slice(0, 2)).toEqual(['stop-old-application', 'fence-primary'])
  expect(ids).toContain('exchange-roles')
  expect(ids).toContain('start-application')
  expect(ids).not.toContain('record-fenced')
  expect(new Set(plan.steps.map(({ undo }) => undo))).toEqual(new Set(['nothing-to-undo']))
})

test.each<[string, Partial<PromoteFacts>, string]>([
  [
    'its data directory can’t be looked at',
    { primary: { ...former(), data: away('HOST_COMMAND_FAILED') } },
    'former-primary',
  ],
  ['the new primary is read-only', { standby: promoted({ inRecovery: true }) }, 'new-primary'],
  [
    'the new primary does not answer',
    { standby: hostFactsOf('beta', { server: away('HOST_UNREACHABLE') }) },
    'new-primary',
  ],
  ['both are on one timeline', { primary: former({ timeline: 2 }) }, 'former-primary'],
  ['the former one is ahead', { primary: former({ timeline: 3 }) }, 'former-primary'],
  ['it is another server', { primary: former({ systemIdentifier: '1' }) }, 'former-primary'],
])('where %s, nobody is fenced', (_what, facts, check) => {
  const { preflight } = planOf(facts)
  expect(preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toContain(check)
})

test('one that can’t be reached is no plan, and the checks say why', () => {
  const gone = away('HOST_UNREACHABLE')
  const plan = planOf({
    primary: hostFactsOf('alpha', {
      machine: gone,
      asRoot: gone,
      asDatabaseOwner: gone,
      server: gone,
      data: gone,
      paths: gone,
    }),
  })
  expect(plan.steps).toEqual([])
  expect(isBlocking(plan.preflight)).toBe(true)
})
