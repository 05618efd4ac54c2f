import { expect, test } from 'vitest'
import type { DirectorySetting } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import { type ChangeFacts, changeFacts } from '@/lib/operations/change-settings/facts'
import { planChange } from '@/lib/operations/change-settings/plan-change'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  profileOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'

type Wanted = ChangeFacts['after']
const seen = <T>(value: T) => ({ seen: true as const, value })
const { scope, settings } = createInputOf()
const [vault, etc] = settings.directories
if (!vault || !etc) throw new Error('there are two directories')
const extra: DirectorySetting = { ...etc, id: 'extra', title: 'Extra', path: '/srv/extra', log: 'extra.log' }

function planOf(
  change: { settings?: Partial<Wanted['settings']>; scope?: Partial<Wanted['scope']> },
  { slots = [], before = {} }: { slots?: string[]; before?: Partial<Wanted['settings']> } = {},
) {
  const [any] = grounds
  if (!any) throw new Error('there are no grounds')
  const given = { ...any.given, scope: { database: true, files: true } as const, startConf: null }
  const { hosts, pair, operationId } = groundOf(given)
  const server = withSettings(serverFacts({ slots }), { wal_keep_size: '512', max_replication_slots: '2' })
  const standby = hostFactsOf('beta')
  const paths = standby.paths.seen ? standby.paths.value : []
  const withExtra = seen([...paths, ...paths.slice(-1).map((place) => ({ ...place, path: extra.path }))])
  const was = { scope, settings: { ...settings, ...before } }
  const facts: ChangeFacts = {
    ...createFactsOf({
      primary: hostFactsOf('alpha', { server: seen(server), paths: withExtra }),
      standby: hostFactsOf('beta', {
        server: seen(serverFacts({ inRecovery: true })),
        paths: withExtra,
      }),
    }),
    before: was,
    after: { scope: { ...scope, ...change.scope }, settings: { ...was.settings, ...change.settings } },
  }
  const ground = { operationId, pair: { ...pair, scope, settings }, hosts, profile: profileOf(), facts }
  return planChange(ground, new Date('2026-11-23T03:00:00Z'))
}
const idsOf = ({ steps }: ReturnType<typeof planOf>) => steps.map(({ id }) => id)
const failedOf = ({ preflight }: ReturnType<typeof planOf>) =>
  preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)

test.each<[string, Parameters<typeof planOf>, readonly string[]]>([
  ['retention alone', [{ settings: { walKeepSegments: 64 } }], ['wal-settings']],
  ['what happens to a former primary', [{ settings: { fenceReturned: 'automatic' } }], []],
  ['a slot more', [{ settings: { slotWalSegments: 64 } }], ['wal-settings', 'replication-slot', 'use-slot']],
  [
    'a slot less',
    [
      { settings: { slotWalSegments: null } },
      { slots: ['understudy_ledger'], before: { slotWalSegments: 64 } },
    ],
    ['leave-slot', 'remove-slot'],
  ],
  [
    'a schedule',
    [{ settings: { directories: [{ ...vault, schedule: '*/9 * * * *' }, etc] } }],
    ['update-schedule'],
  ],
  [
    'when copies are verified',
    [{ settings: { verification: { schedule: '0 3 * * 6', everyDays: 30, megabytesPerSecond: 5 } } }],
    ['update-runner', 'update-sender', 'update-schedule'],
  ],
  ['verifying no more', [{ settings: { verification: null } }], ['update-schedule']],
  [
    'one directory for another',
    [{ settings: { directories: [vault, extra] } }],
    [
      'update-runner',
      'update-sender',
      'directories-aside',
      'first-copy',
      'keep-old-data',
      'update-schedule',
      'narrow-sender',
      'narrow-runner',
      'break-glass-kit',
    ],
  ],
  [
    'no files any more',
    [{ scope: { files: false } }],
    ['remove-schedule', 'remove-access', 'remove-sender', 'remove-runner', 'break-glass-kit'],
  ],
])('a change of %s has exactly its own steps, and is recorded last', (_, given, steps) => {
  const plan = planOf(...given)
  expect(failedOf(plan)).toEqual([])
  expect(idsOf(plan)).toEqual([...steps, 'record-settings'])
  for (const { id, undo } of plan.steps) expect([id, undo]).toEqual([id, 'undo'])
})

test('the first copy is of what comes alone', () => {
  const steps = planOf({ settings: { directories: [vault, etc, extra] } }).steps
  for (const id of ['directories-aside', 'first-copy', 'keep-old-data']) {
    const preview = JSON.stringify(steps.find((step) => step.id === id)?.preview)
    expect(preview, id).toContain('extra')
    expect(preview, id).not.toContain('vault')
  }
})

test.each<[string, Parameters<typeof planOf>, string]>([
  ['nothing', [{}], 'Every setting is as chosen already.'],
  ['the database', [{ scope: { database: false } }], 'The database is in this pair'],
  [
    'the place of a directory',
    [{ settings: { directories: [vault, { ...etc, path: '/srv/x' }] } }],
    'Settings would lie elsewhere',
  ],
  [
    'a directory within one that stays',
    [{ settings: { directories: [vault, etc, { ...extra, path: `${vault.path}/in` }] } }],
    'One lies in the other',
  ],
])('a change of %s is refused with its reason, and has no steps', (_, given, evidence) => {
  const plan = planOf(...given)
  expect(plan.steps).toEqual([])
  expect(isBlocking(plan.preflight)).toBe(true)
  expect(plan.preflight.find(({ id }) => id === 'settings-changes')?.evidence).toContain(evidence)
})

test('a slot for which the primary would have to be restarted is refused, with what to set', () => {
  const plan = planOf({ settings: { slotWalSegments: 64 } }, { slots: ['one', 'two'] })
  expect(failedOf(plan)).toEqual(['replication-slot'])
  expect(plan.preflight.find(({ id }) => id === 'replication-slot')?.fix).toContain('max_replication_slots')
})

test('what a directory that leaves means for a promotion is a warning', () => {
  expect(planOf({ settings: { directories: [vault] } }).warnings.join()).toContain(
    'what was copied stays on beta',
  )
})

test('a plan keeps its facts through JSON, so that a worker builds the same steps', () => {
  const { facts } = planOf({ settings: { walKeepSegments: 64 } })
  expect(changeFacts.parse(JSON.parse(JSON.stringify(facts)))).toEqual(facts)
})
