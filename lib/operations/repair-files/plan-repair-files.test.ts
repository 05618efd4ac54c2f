import { expect, test } from 'vitest'
import { isBlocking } from '@/lib/domain/preflight'
import { type RepairFilesFacts, repairFilesFacts } from '@/lib/operations/repair-files/facts'
import { planRepairFiles } from '@/lib/operations/repair-files/plan-repair-files'
import { hostFactsOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'

const now = new Date('2026-11-23T03:00:00Z')
const standby = (over = {}) =>
  hostFactsOf('beta', { server: { seen: true as const, value: serverFacts({ inRecovery: true, ...over }) } })

const any = grounds.find(({ given }) => given.scope.database && given.scope.files)
if (!any) throw new Error('there are no grounds')
const ground = groundOf(any.given)
const [vault, etc] = ground.pair.settings.directories
if (!vault || !etc) throw new Error('the pair has two directories')

const planOf = (over: Partial<RepairFilesFacts> = {}, change = {}) =>
  planRepairFiles(
    {
      ...ground,
      profile: profileOf(),
      pair: { ...ground.pair, ...change },
      facts: {
        standby: standby(),
        primary: hostFactsOf('alpha'),
        asked: [],
        files: [
          { id: vault.id, names: ['a/one', '$(id) "q"'], total: 2 },
          { id: etc.id, names: ['conf'], total: 1 },
        ],
        ...over,
      },
    },
    now,
  )
const failedOf = ({ preflight }: ReturnType<typeof planOf>) =>
  preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
const previewOf = ({ steps }: ReturnType<typeof planOf>) =>
  JSON.stringify(steps.map(({ preview }) => preview))

test('the plan names every file that it pulls, and the command that gets these names', () => {
  const plan = planOf()
  expect(isBlocking(plan.preflight)).toBe(false)
  expect(plan.steps.map(({ id }) => id)).toEqual(['repair-listed'])
  const [step] = plan.steps
  expect(step?.title).toMatch(/^Pull 3 files by checksum /)
  expect(step?.preview.flatMap((line) => (line.kind === 'note' ? [line.text] : []))).toEqual([
    `${vault.path}/a/one`,
    `${vault.path}/$(id) "q"`,
    `${etc.path}/conf`,
  ])
  expect(previewOf(plan)).toContain('understudy-verify ledger --repair vault  # content on standard input')
})

test('of directories that are named only those are repaired', () => {
  expect(previewOf(planOf({ asked: [etc.id] }))).not.toContain(vault.path)
  expect(failedOf(planOf({ asked: ['nowhere'] }))).toEqual(['sync-directories', 'files-differ'])
})

test('where no file is known to differ there is nothing to do, and it says how to look at once', () => {
  const plan = planOf({ files: [] })
  expect(plan.steps).toEqual([])
  expect(plan.preflight.find(({ id }) => id === 'files-differ')?.fix).toContain(
    'understudy-verify ledger --now',
  )
})

test('more files than a plan bears are told, with what that is a sign of', () => {
  const plan = planOf({ files: [{ id: vault.id, names: ['a'], total: 5_000 }] })
  expect(plan.warnings.join()).toMatch(/5000 files are known to differ; this repairs 1 of them.*failing disk/)
})

test.each<[string, Partial<RepairFilesFacts>, object, string]>([
  [
    'the copies are paused',
    {},
    {
      pause: {
        what: ['sync'],
        until: '2026-11-23T05:00:00.000Z',
        by: 'ann',
        reason: 'disk',
        operationId: 'o',
      },
    },
    'sync-not-paused',
  ],
  ['the standby accepts writes', { standby: standby({ inRecovery: false }) }, {}, 'standby-in-recovery'],
])('where %s, the check says so', (_, over, change, check) => {
  expect(failedOf(planOf(over, change))).toEqual([check])
})

test('a plan keeps its facts through JSON, so that a worker builds the same step', () => {
  const { facts } = planOf()
  expect(repairFilesFacts.parse(JSON.parse(JSON.stringify(facts)))).toEqual(facts)
})
