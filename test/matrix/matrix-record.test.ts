import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filesUnderProof, readCodeUnderProof } from '@/test/matrix/code-under-proof'
import { MatrixRecord } from '@/test/matrix/matrix-record'
import { proofText, type Row } from '@/test/matrix/proof-text'
import { kindsIn, scenarios } from '@/test/matrix/scenarios'
import { root } from '@/test/repository/source-files'

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
  notBegun: null,
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

test('what could not be begun is run again', () => {
  const record = MatrixRecord.open(files(), false)
  record.keep({ ...row, cases: 0, notBegun: 'LabError: a host did not boot' })
  expect(record.hasHeld(row.name, code)).toBe(false)
})

test('the record has one chain a line, in an order of its own: what a run adds is all that changes in it', () => {
  const names = ['b', 'c', 'a']
  const record = MatrixRecord.open(files(), false)
  const sums = Object.fromEntries(names.map((name) => [name, 's1']))
  record.keepSurvey({ commit: 'aaaa', sum: 's0', sums, unreached: ['create: x'] })
  const linesAfter = (name: string) => {
    record.keep({ ...row, name })
    return readFileSync(files().record, 'utf8').split('\n')
  }
  linesAfter('b')
  const before = linesAfter('c')
  const after = linesAfter('a')
  expect(after.filter((line) => !before.includes(line))).toEqual([
    `${JSON.stringify({ ...row, name: 'a' })},`,
  ])
  expect(before.filter((line) => !after.includes(line))).toEqual([])
  expect(MatrixRecord.open(files(), false).survey).toEqual({
    commit: 'aaaa',
    sum: 's0',
    sums,
    unreached: ['create: x'],
  })
})

test('a chain that no operation has any more is forgotten', () => {
  const record = MatrixRecord.open(files(), false)
  record.keep(row)
  record.keep({ ...row, name: 'gone' })
  record.keepSurvey({ commit: 'aaaa', sum: 's0', sums: { [row.name]: 's1' }, unreached: [] })
  expect(MatrixRecord.open(files(), false).rows.map(({ name }) => name)).toEqual([row.name])
  expect(readFileSync(files().proof, 'utf8')).toContain(
    'The whole matrix has run and held on the code of commit aaaa',
  )
})

test('asked to begin afresh, and where another format was kept, nothing has been run', () => {
  MatrixRecord.open(files(), false).keep(row)
  expect(MatrixRecord.open(files(), true).rows).toEqual([])
  writeFileSync(files().record, JSON.stringify([row]))
  expect(MatrixRecord.open(files(), false).rows).toEqual([])
})

test('the code that a chain runs is operations, hosts, lab and what judges them', () => {
  expect(filesUnderProof()).toEqual(
    expect.arrayContaining([
      'lib/operations/build-registry.ts',
      'lib/operations/create/steps/base-backup.ts',
      'lib/profiles/generic-debian.yaml',
      'lib/io/store/migrations/0000_first.sql',
      'host/understudy-sync',
      'lab/base/build.sh',
      'lab/host-machine.ts',
      'test/matrix/invariants.ts',
      'test/matrix/matrix-worker.ts',
      'test/harness/lab-worlds.ts',
      'package-lock.json',
    ]),
  )
  expect(readCodeUnderProof()).toMatchObject({ sum: expect.stringMatching(/^[0-9a-f]{16}$/) })
})

test('of an operation it is all that those run which are in its chains, and of the others only what they share', () => {
  const codes = new Map(scenarios.map((scenario) => [scenario.name, filesUnderProof(kindsIn(scenario))]))
  const [create, promote, unpair] = ['create', 'promote, primary alive', 'unpair, standalone copy'].map(
    (name) => codes.get(name) ?? [],
  )
  expect(create).toContain('lib/operations/create/open-create.ts')
  expect(promote).toContain('lib/operations/create/open-create.ts')
  expect(promote).toContain('lib/operations/promote/open-promote.ts')
  expect(unpair).toContain('lib/operations/unpair/open-unpair.ts')
  expect(unpair).toContain('test/matrix/unpair-scenarios.ts')
  expect(create?.filter((file) => /open-promote|open-unpair|unpair-scenarios/.test(file))).toEqual([])
  expect(promote?.filter((file) => /open-unpair|unpair-scenarios/.test(file))).toEqual([])
  for (const files of [create, promote, unpair])
    expect(files).toEqual(
      expect.arrayContaining([
        'lib/operations/engine/run-operation.ts',
        'lib/io/ssh/door.ts',
        'host/understudy-sync',
      ]),
    )
  const all = new Set([...codes.values()].flat())
  expect(filesUnderProof().filter((file) => !all.has(file))).toEqual([])
})

test('no test, text, page or record is of it, nor what tells the outcome: all of them may change in the middle of a run', () => {
  const strange =
    /\.test\.ts$|\.md$|^(?:app|cli|components|docs|e2e)\/|(?:matrix-record|proof-text|run-matrix)\.ts$/
  expect(filesUnderProof().filter((file) => strange.test(file))).toEqual([])
  expect(filesUnderProof()).not.toContain('test/harness/folder-host.ts')
})

test('docs/proof.md is what docs/proof.json says', () => {
  const { rows, survey } = MatrixRecord.open(
    { record: `${root}/docs/proof.json`, proof: files().proof },
    false,
  )
  expect(readFileSync(`${root}/docs/proof.md`, 'utf8')).toBe(proofText(rows, survey))
})
