import { expect, test } from 'vitest'
import { proofText, type Row } from '@/test/matrix/proof-text'

const row = (over: Partial<Row>): Row => ({
  name: 'create kill',
  scenario: 'create',
  mode: 'kill',
  steps: 2,
  planned: 6,
  cases: 5,
  broken: [],
  tookMs: 60_000,
  ...over,
})

test('what ran is added up for each operation and each kind of harm, the latest run of each', () => {
  const rows = [
    row({ broken: ['rule 1: two hosts write'] }),
    row({}),
    row({ name: 'create undo a', mode: 'undo', planned: 1, cases: 1 }),
    row({ name: 'create undo b', mode: 'undo', planned: 1, cases: 1, tookMs: 30_000 }),
  ]
  const text = proofText(rows)
  expect(text).toMatch(/\| create \| the worker killed .* \| 2 \| 6 \| 5 \| 0 \| 1\.0 min \|/)
  expect(text).toMatch(/\| create \| a failure .* then undo \| 2 \| 2 \| 2 \| 0 \| 1\.5 min \|/)
  expect(text).toContain('| **together** | | | 8 | 7 | 0 | 2.5 min |')
  expect(text).not.toContain('What did not hold')
})

test('what did not hold is named with its rule', () => {
  const text = proofText([row({ broken: ['rule 1: two hosts write to the same database'] })])
  expect(text).toContain('| 1 | 1.0 min |')
  expect(text).toContain('- create kill: rule 1: two hosts write to the same database')
})
