import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isUnderProof, readCodeUnderProof } from '@/test/matrix/code-under-proof'
import { MatrixRecord } from '@/test/matrix/matrix-record'
import type { Row } from '@/test/matrix/proof-text'

let directory: string
const files = () => ({ record: join(directory, 'record.json'), proof: join(directory, 'proof.md') })
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-record-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const code = { commit: 'aaaa', sum: 's1' }
const row: Row = {
  name: 'debian: create kill',
  layout: 'debian',
  scenario: 'create',
  mode: 'kill',
  steps: 2,
  planned: 6,
  cases: 5,
  broken: [],
  tookMs: 60_000,
  ...code,
}

test('a run that was broken off goes on: what held is there, and docs/proof.md tells it', () => {
  MatrixRecord.open(files(), false).keep(row)
  const record = MatrixRecord.open(files(), false)
  expect(record.rows).toEqual([row])
  expect(record.hasHeld(row.name, code)).toBe(true)
  expect(readFileSync(files().proof, 'utf8')).toContain('| debian | create |')
})

test('what was run on other code, or did not hold, is run again', () => {
  const record = MatrixRecord.open(files(), false)
  record.keep(row)
  expect(record.hasHeld(row.name, { ...code, sum: 's2' })).toBe(false)
  expect(record.hasHeld(row.name, { commit: 'another', sum: 's1' })).toBe(true)
  record.keep({ ...row, broken: ['rule 1: x'] })
  expect(record.rows).toHaveLength(1)
  expect(record.hasHeld(row.name, code)).toBe(false)
})

test('a chain that no operation has any more is forgotten', () => {
  const record = MatrixRecord.open(files(), false)
  record.keep(row)
  record.keep({ ...row, name: 'gone' })
  record.keepSurvey({ sum: 's1', names: [row.name], unreached: [] })
  expect(MatrixRecord.open(files(), false).rows.map(({ name }) => name)).toEqual([row.name])
  expect(readFileSync(files().proof, 'utf8')).toContain('The whole matrix has run on one commit, aaaa')
})

test('asked to begin afresh, and where another format was kept, nothing has been run', () => {
  MatrixRecord.open(files(), false).keep(row)
  expect(MatrixRecord.open(files(), true).rows).toEqual([])
  writeFileSync(files().record, JSON.stringify([row]))
  expect(MatrixRecord.open(files(), false).rows).toEqual([])
})

test('the code that a chain runs is operations, hosts, lab and proof, but no test or text', () => {
  for (const file of [
    'lib/operations/build-registry.ts',
    'host/understudy-sync',
    'lab/base/build.sh',
    'package-lock.json',
  ])
    expect(isUnderProof(file)).toBe(true)
  for (const file of ['lib/time.test.ts', 'docs/proof.md', 'lab/README.md', 'app/page.tsx'])
    expect(isUnderProof(file)).toBe(false)
  expect(readCodeUnderProof()).toMatchObject({ sum: expect.stringMatching(/^[0-9a-f]{16}$/) })
})
