import { expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import type { SyncFacts } from '@/lib/operations/sync/facts'
import { planSync } from '@/lib/operations/sync/plan-sync'
import { hostFactsOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'

const now = new Date('2026-11-23T03:00:00Z')
const pause = {
  what: ['sync' as const],
  until: '2026-11-23T05:00:00.000Z',
  by: 'ann',
  reason: 'disk swap',
  operationId: 'o',
}
const standby = (over = {}) =>
  hostFactsOf('beta', { server: { seen: true as const, value: serverFacts({ inRecovery: true, ...over }) } })

const any = grounds.find(({ given }) => given.scope.database && given.scope.files)
if (!any) throw new Error('there are no grounds')
const ground = groundOf(any.given)
const ids = ground.pair.settings.directories.map(({ id }) => id)

const planOf = (over: Partial<SyncFacts> = {}, change = {}) =>
  planSync(
    {
      ...ground,
      profile: profileOf(),
      pair: { ...ground.pair, ...change },
      facts: { standby: standby(), primary: hostFactsOf('alpha'), asked: [], ...over },
    },
    now,
  )
const failedOf = ({ preflight }: ReturnType<typeof planOf>) =>
  preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)

test('one step copies what was asked for, all directories where none was named', () => {
  const all = planOf()
  expect(isBlocking(all.preflight)).toBe(false)
  expect(all.steps.map(({ id }) => id)).toEqual(['copy-now'])
  expect(all.steps[0]?.preview).toHaveLength(ids.length)
  const one = planOf({ asked: ids.slice(0, 1) })
  expect(one.steps[0]?.preview).toHaveLength(1)
  expect(one.steps[0]?.preview[0]).toMatchObject({ text: expect.stringContaining(`${ids[0]} --now`) })
})

test.each<[string, Partial<SyncFacts>, object, string]>([
  ['a directory is not the pair’s', { asked: ['nowhere'] }, {}, 'sync-directories'],
  ['the pair has none', {}, { settings: { ...ground.pair.settings, directories: [] } }, 'sync-directories'],
  ['somebody has paused the copies', {}, { pause }, 'sync-not-paused'],
  ['the standby accepts writes', { standby: standby({ inRecovery: false }) }, {}, 'standby-in-recovery'],
])('where %s, the check says so', (_, over, change, check) => {
  expect(failedOf(planOf(over, change))).toEqual([check])
})

test('a standby that can’t be reached gives a plan without steps, and the one check that says why', () => {
  const why = { code: 'HOST_UNREACHABLE', message: 'beta can’t be reached.', fix: 'Look.' }
  const away = { seen: false as const, why }
  const plan = planOf({
    standby: hostFactsOf('beta', { machine: away, server: away, data: away, paths: away }),
  })
  expect(plan.steps).toEqual([])
  expect(failedOf(plan)).toEqual(['standby-access'])
})
