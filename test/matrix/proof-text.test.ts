import { describe, expect, test } from 'vitest'
import { proofText, type Row, type Survey, verdictOf } from '@/test/matrix/proof-text'

const row = (over: Partial<Row>): Row => ({
  name: 'debian: create kill',
  layout: 'debian',
  scenario: 'create',
  mode: 'kill',
  steps: 2,
  planned: 6,
  cases: 5,
  broken: [],
  notBegun: null,
  tookMs: 60_000,
  commit: 'aaaa',
  sum: 's1',
  ...over,
})
const surveyOf = (rows: readonly Row[]): Survey => ({
  commit: 'cccc',
  sum: 's0123',
  sums: Object.fromEntries(rows.map(({ name, sum }) => [name, sum])),
  unreached: [],
})

test('what ran is added up for each layout, operation and kind of harm', () => {
  const rows = [
    row({}),
    row({ name: 'debian: create undo a', mode: 'undo', planned: 1, cases: 1 }),
    row({ name: 'debian: create undo b', mode: 'undo', planned: 1, cases: 1, tookMs: 30_000 }),
    row({ name: 'soar-unprivileged: create kill', layout: 'soar-unprivileged' }),
  ]
  const text = proofText(rows, null)
  expect(text).toMatch(
    /\| debian \| create \| the worker killed .* \| 2 \| 6 \| 5 \| 0 \| 1\.0 min \| aaaa \|/,
  )
  expect(text).toMatch(/\| debian \| create \| a failure .* then undo \| 2 \| 2 \| 2 \| 0 \| 1\.5 min \|/)
  expect(text).toMatch(/\| soar-unprivileged \| create \| the worker killed /)
  expect(text).toContain('| **together** | | | | 14 | 12 | 0 | 3.5 min | |')
  expect(text).not.toContain('What did not hold')
})

test('what did not hold is named with its rule', () => {
  const text = proofText([row({ broken: ['rule 1: two hosts write to the same database'] })], null)
  expect(text).toContain('| 1 | 1.0 min |')
  expect(text).toContain('- debian: create kill: rule 1: two hosts write to the same database')
})

test('what could not be begun is told apart from a broken rule, each on one line', () => {
  const text = proofText([row({ notBegun: 'LabError: exit code 2:\n  refused' })], null)
  expect(text).not.toContain('What did not hold')
  expect(text).toMatch(/could not be begun.*\n\n- debian: create kill: LabError: exit code 2: refused\n/)
})

test('a step that no plan here had is named', () => {
  const text = proofText([row({})], { ...surveyOf([]), unreached: ['create: restart-primary'] })
  expect(text).toContain('`create: restart-primary`')
  expect(proofText([row({})], surveyOf([]))).not.toContain('none here had')
})

describe('that it is whole', () => {
  const rows = [row({}), row({ name: 'debian: fence kill', scenario: 'fence', sum: 's2' })]
  const [, fence] = rows
  const survey = surveyOf(rows)
  const whole = /The whole matrix has run and held/

  test('is said where every chain held on what its own operations run now, and names the commits', () => {
    expect(proofText(rows, survey)).toContain(
      '**The whole matrix has run and held on the code of commit cccc (s0123): all 2 chains, run at commit aaaa.**',
    )
    expect(verdictOf([row({ commit: 'bbbb' }), ...rows.slice(1)], survey)).toContain('at commit bbbb, aaaa.')
  })

  test.each<[string, readonly Row[], string]>([
    ['a chain is missing', rows.slice(1), '1 held, 0 did not hold, 0 could not be begun, 1 have not'],
    ['a chain did not hold', [row({ broken: ['x'] }), ...rows.slice(1)], '1 held, 1 did not hold'],
    ['a chain could not be begun', [row({ notBegun: 'x' }), ...rows.slice(1)], '0 did not hold, 1 could not'],
    ['a chain was run on other code', [row({ sum: 's0' }), ...rows.slice(1)], 'begun, 1 have not run on it'],
    ['a chain was run on that of another', [row({ sum: 's2' }), ...rows.slice(1)], 'begun, 1 have not run'],
  ])('is not said where %s', (_, some, counts) => {
    expect(proofText(some, survey)).not.toMatch(whole)
    expect(verdictOf(some, survey)).toContain('not held on the code of commit cccc (s0123): of its 2 chains')
    expect(verdictOf(some, survey)).toContain(counts)
  })

  test('is not said where nobody knows what all of it is', () => {
    expect(proofText(rows, null)).not.toMatch(whole)
  })

  test('is said with the rows that stay from other code, which are marked', () => {
    const text = proofText([row({ sum: 's0', commit: 'bbbb' }), ...(fence ? [fence] : [])], survey)
    expect(text).toContain('bbbb (other code) |')
    expect(text).toContain('| aaaa |')
    expect(text).toContain('A row of other code stays until its chain is run anew')
  })
})
