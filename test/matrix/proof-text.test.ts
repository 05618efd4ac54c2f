import { describe, expect, test } from 'vitest'
import { proofText, type Row, type Survey } from '@/test/matrix/proof-text'

const row = (over: Partial<Row>): Row => ({
  name: 'debian: create kill',
  layout: 'debian',
  scenario: 'create',
  mode: 'kill',
  steps: 2,
  planned: 6,
  cases: 5,
  broken: [],
  tookMs: 60_000,
  commit: 'aaaa',
  sum: 's1',
  ...over,
})
const surveyOf = (rows: readonly Row[]): Survey => ({
  sum: 's1',
  names: rows.map(({ name }) => name),
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

test('a step that no plan here had is named', () => {
  const text = proofText([row({})], { ...surveyOf([]), unreached: ['create: restart-primary'] })
  expect(text).toContain('`create: restart-primary`')
  expect(proofText([row({})], surveyOf([]))).not.toContain('none here had')
})

describe('that it is whole', () => {
  const rows = [row({}), row({ name: 'debian: fence kill', scenario: 'fence' })]
  const whole = /\*\*The whole matrix has run on one commit/

  test('is said where every chain held on one commit, and names it', () => {
    expect(proofText(rows, surveyOf(rows))).toMatch(
      /The whole matrix has run on one commit, aaaa: all 2 chains/,
    )
  })

  test.each([
    ['a chain is missing', rows.slice(1)],
    ['a chain did not hold', [row({ broken: ['rule 1: x'] }), ...rows.slice(1)]],
    ['a chain was run on other code', [row({ sum: 's0', commit: 'bbbb' }), ...rows.slice(1)]],
  ])('is not said where %s', (_, some) => {
    const text = proofText(some, surveyOf(rows))
    expect(text).not.toMatch(whole)
    expect(text).toContain('not a whole run of one commit')
    expect(text).toContain('Of the 2 chains of the newest code 1 have run on it and held.')
  })

  test('is said otherwise of several commits with the same code', () => {
    const text = proofText([row({ commit: 'bbbb' }), ...rows.slice(1)], surveyOf(rows))
    expect(text).not.toMatch(whole)
    expect(text).toContain('All 2 chains of the matrix held**, at commits')
  })

  test('is not said where nobody knows what all of it is', () => {
    expect(proofText(rows, null)).not.toMatch(whole)
  })
})
