import { expect, test } from 'vitest'
import type { PlannedStep, PreviewLine } from '@/lib/domain/operation'
import { planCreate } from '@/lib/operations/create/plan-create'
import { requireAsShown, showPlan } from '@/lib/services/operations/show-plan'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  hostOf,
  packageFactsOf,
  profileOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const file = (diff: string): PreviewLine => ({ kind: 'file', path: '/etc/cron.d/ledger', diff })
const acts: readonly PreviewLine[] = [
  { kind: 'sql', text: "ALTER SYSTEM SET wal_keep_size = '512MB'" },
  { kind: 'command', text: 'apt-get install -y rsync' },
  file('@@ -0,0 +1,1 @@\n+* * * * * root run\n'),
  { kind: 'note', text: '48 MB in all.' },
]
const one = plannedStep('one', { host: 'primary', preview: acts })
const two = plannedStep('two')
const planWith = (...steps: readonly PlannedStep[]) => planOf(steps)
const { shown } = showPlan(planWith(one, two))
const check = (...steps: readonly PlannedStep[]) => requireAsShown(planWith(...steps), shown)
const withAct = (at: number, line: PreviewLine) => ({ ...one, preview: acts.with(at, line) })

test('the same plan made again is as shown, from whichever process, and so is one where nothing was shown', () => {
  expect(() => check(structuredClone(one), structuredClone(two))).not.toThrow()
  expect(showPlan(planWith(one, two)).shown).toEqual(shown)
  expect(() => requireAsShown(planWith(one), null)).not.toThrow()
})

test('read back from the store, which keeps no order of keys, it is as shown', () => {
  const turned = (line: PreviewLine) => Object.fromEntries(Object.entries(line).toReversed()) as PreviewLine
  expect(() => check({ ...one, preview: acts.map(turned) }, two)).not.toThrow()
})

test.each([
  ['a statement', withAct(0, { kind: 'sql', text: "ALTER SYSTEM SET wal_keep_size = '1GB'" })],
  ['a command', withAct(1, { kind: 'command', text: 'apt-get install -y rsync postgresql-17' })],
  ['what is written to a file', withAct(2, file('@@ -0,0 +1,1 @@\n+*/5 * * * * root run\n'))],
  [
    'the file that is written',
    withAct(2, { kind: 'file', path: '/etc/crontab', diff: '@@ -0,0 +1,1 @@\n+* * * * * root run\n' }),
  ],
  [
    'a command in place of a statement of the same words',
    withAct(0, { ...acts[0], kind: 'command' } as PreviewLine),
  ],
  ['the order', { ...one, preview: acts.toReversed() }],
  ['one command less', { ...one, preview: acts.slice(1) }],
  ['the host', { ...one, host: 'standby' as const }],
])('under the same ids, other than shown is refused by the step’s title: %s', (_what, changed) => {
  expect(() => check(changed, two)).toThrow(
    expect.objectContaining({
      code: 'CONFLICT',
      message: 'The hosts have changed since the plan was shown: “Do one” would run something else now.',
      fix: 'Look at the new plan, then start it.',
    }),
  )
})

test('sizes and counts in a note may have changed: what runs is the same', () => {
  expect(() => check(withAct(3, { kind: 'note', text: '51 MB in all.' }), two)).not.toThrow()
})

test('of several steps that would run something else, it says how many', () => {
  const command: PreviewLine = { kind: 'command', text: 'other' }
  const changed = [one, two].map((step) => ({ ...step, preview: [command] }))
  expect(() => check(...changed)).toThrow(/“Do one” would run something else now\. So would 1 more\.$/)
})

test.each([
  ['one more', [one, two, plannedStep('three')]],
  ['one less', [one]],
  ['another order', [two, one]],
  ['another id', [one, { ...two, id: 'other' }]],
])('other steps than shown are refused: %s', (_what, steps) => {
  expect(() => check(...steps)).toThrow(
    expect.objectContaining({
      code: 'CONFLICT',
      message: expect.stringContaining('it has other steps now.'),
    }),
  )
})

/** A whole create, planned while both servers hold `bytes` and the primary keeps so much WAL. */
function createPlan(bytes: number, over: { primaryCount: number; walKeepMb: string }) {
  const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
  const input = createInputOf({ scope: { database: true, files: true, packages: true } })
  const server = serverFacts({ databasesBytes: bytes, userDatabases: [{ name: 'ledger', bytes }] })
  const primary = withSettings(server, { wal_keep_size: over.walKeepMb })
  const facts = createFactsOf({
    primary: hostFactsOf('alpha', { server: { seen: true, value: primary } }),
    standby: hostFactsOf('beta', { server: { seen: true, value: server } }),
    packages: [packageFactsOf({ primaryCount: over.primaryCount })],
  })
  const pair = { ...input, id: '', isPaired: false, formerPrimary: 'none' as const }
  const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
  return planCreate({ operationId, pair, profile: profileOf(), hosts, input, facts }, new Date())
}

test('a create planned again while both databases grow is as shown; where the primary has other settings by then it is not', () => {
  const before = createPlan(12_000_000, { primaryCount: 400, walKeepMb: '0' })
  const { shown: then } = showPlan(before)
  const later = createPlan(900_000_000, { primaryCount: 401, walKeepMb: '0' })
  expect(later.warnings).not.toEqual(before.warnings)
  expect(() => requireAsShown(later, then)).not.toThrow()
  const other = createPlan(12_000_000, { primaryCount: 400, walKeepMb: '512' })
  expect(() => requireAsShown(other, then)).toThrow(/“Set how much WAL alpha keeps” would run something else/)
})
