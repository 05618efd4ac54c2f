import { expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import type { PauseFacts } from '@/lib/operations/pause/facts'
import { planPause } from '@/lib/operations/pause/plan-pause'
import { fileFactsOf, hostFactsOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'

const seen = <T>(value: T) => ({ seen: true as const, value })
const now = new Date('2026-11-23T03:00:00Z')
const until = '2026-11-23T05:00:00.000Z'
const before = { what: ['sync' as const], until, by: 'ann', reason: 'disk swap', operationId: 'o' }
const standby = (over = {}) =>
  hostFactsOf('beta', { server: seen(serverFacts({ inRecovery: true, ...over })) })

function planOf(over: Partial<PauseFacts>, hasDatabase = true) {
  const any = grounds.find(({ given }) => given.scope.database === hasDatabase && given.scope.files)
  if (!any) throw new Error('there are no grounds')
  const { hosts, pair, operationId } = groundOf(any.given)
  const found = hasDatabase ? standby() : fileFactsOf('beta')
  const facts = { standby: found, primary: hostFactsOf('alpha'), before: null, after: null, ...over }
  return planPause({ operationId, pair, hosts, profile: profileOf(), facts }, now)
}
const idsOf = ({ steps }: ReturnType<typeof planOf>) => steps.map(({ id }) => id)
const failedOf = ({ preflight }: ReturnType<typeof planOf>) =>
  preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)

test('a pause is recorded with its end before anything stands still, and its end when all goes on', () => {
  const pause = planOf({ after: { what: ['sync', 'replay'], until } })
  expect(isBlocking(pause.preflight)).toBe(false)
  expect([pause.kind, ...idsOf(pause)]).toEqual(['pause', 'record-pause', 'hold-sync', 'hold-replay'])
  const resume = planOf({ before: { ...before, what: ['sync', 'replay'] } })
  expect(isBlocking(resume.preflight)).toBe(false)
  expect([resume.kind, ...idsOf(resume)]).toEqual(['resume', 'start-replay', 'start-sync', 'record-resumed'])
  for (const { steps } of [pause, resume])
    expect(new Set(steps.map(({ undo }) => undo))).toEqual(new Set(['undo']))
})

test('without a database no PostgreSQL is asked, and replay can’t be paused', () => {
  expect(idsOf(planOf({ after: { what: ['sync'], until } }, false))).toEqual(['record-pause', 'hold-sync'])
  expect(failedOf(planOf({ after: { what: ['sync', 'replay'], until } }, false))).toEqual(['pause-parts'])
})

test('replay that was paused by hand goes on too, and files that nobody paused are left alone', () => {
  const plan = planOf({ standby: standby({ replayPaused: true }) })
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(idsOf(plan)).toEqual(['start-replay', 'record-resumed'])
})

test.each<[string, Partial<PauseFacts>, string]>([
  ['its end is now', { after: { what: ['sync'], until: now.toISOString() } }, 'pause-end'],
  [
    'its end is in over 7 days',
    { after: { what: ['sync'], until: '2026-11-30T03:00:01.000Z' } },
    'pause-end',
  ],
  ['nothing is paused', {}, 'pause-parts'],
  ['the standby accepts writes', { before, standby: standby({ inRecovery: false }) }, 'standby-in-recovery'],
])('where %s, the check says so', (_, over, check) => {
  expect(failedOf(planOf(over))).toEqual([check])
})

test('a standby that can’t be reached gives a plan without steps, and the one check that says why', () => {
  const why = { code: 'HOST_UNREACHABLE', message: 'beta can’t be reached.', fix: 'Look.' }
  const away = { seen: false as const, why }
  const plan = planOf({
    before,
    standby: hostFactsOf('beta', { machine: away, server: away, data: away, paths: away }),
  })
  expect(plan.steps).toEqual([])
  expect(failedOf(plan)).toEqual(['standby-access'])
})
