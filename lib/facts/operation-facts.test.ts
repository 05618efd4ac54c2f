import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fenceSignal } from '@/lib/commands/fence'
import { isSignalOf, standbySignal } from '@/lib/commands/postgres-standby'
import { hasCode } from '@/lib/errors'
import { parseControlData } from '@/lib/facts/control-data'
import { fenceQuestion, parseFence } from '@/lib/facts/fence-facts'
import { parseServerSurvey } from '@/lib/facts/server-survey'
import { parseStandbyPlaces, standbyPlacesQuestion } from '@/lib/facts/standby-places'
import { serverFacts } from '@/test/harness/operation-facts'

const directory = mkdtempSync(join(tmpdir(), "under study's "))
afterAll(() => rmSync(directory, { recursive: true }))
const run = (script: string) => execFileSync('sh', ['-c', script], { encoding: 'utf8' })
const isRefused = (read: () => unknown, code: 'HOST_COMMAND_FAILED' | 'POSTGRES_QUERY_FAILED') => {
  try {
    read()
  } catch (error) {
    return hasCode(error, code)
  }
  return false
}

/** A program directory whose pg_ctl says that a server runs (exit code 0) or not (3). */
function binDirectory(exitCode: number): string {
  const bin = join(directory, `bin-${exitCode}`)
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'pg_ctl'), `#!/bin/sh\nexit ${exitCode}\n`, { mode: 0o755 })
  return bin
}

const controlData = `pg_control version number:            1300
Database system identifier:           7400000000000000001
Database cluster state:               shut down
Latest checkpoint location:           0/3000060
Latest checkpoint's REDO location:    0/3000060
Latest checkpoint's TimeLineID:       2
`

test('pg_controldata’s lines are read by their names', () => {
  expect(parseControlData(controlData)).toEqual({
    systemIdentifier: '7400000000000000001',
    clusterState: 'shut down',
    timeline: 2,
    checkpointLsn: '0/3000060',
  })
})

test('a control file that lacks a line is an error, never a guess', () => {
  for (const name of [
    'Database system identifier',
    'Database cluster state',
    "Latest checkpoint's TimeLineID",
  ])
    expect(
      isRefused(() => parseControlData(controlData.replace(`${name}:`, 'Something:')), 'HOST_COMMAND_FAILED'),
      name,
    ).toBe(true)
})

test('a real shell tells where the data of a new standby is, in places with any name', () => {
  const [data, copy, aside] = ['main', 'main copy', "it's aside"].map((name) => join(directory, name))
  if (!data || !copy || !aside) throw new Error('no places')
  const look = (exitCode: number) =>
    parseStandbyPlaces(
      run(
        standbyPlacesQuestion({
          dataDirectory: data,
          copy,
          aside,
          binDirectory: binDirectory(exitCode),
          isMount: false,
        }).text,
      ),
    )
  const nothing = {
    hasData: false,
    dataSignal: null,
    hasCopy: false,
    copySignal: null,
    hasAside: false,
    hasAsideBegun: false,
  }
  expect(look(3)).toEqual({ ...nothing, isRunning: false })
  for (const path of [data, copy, aside]) mkdirSync(path)
  writeFileSync(join(data, 'standby.signal'), '')
  writeFileSync(join(copy, 'standby.signal'), `${standbySignal('op')}\nmore\n`)
  const seen = look(0)
  expect(seen).toEqual({
    hasData: true,
    dataSignal: '',
    hasCopy: true,
    copySignal: standbySignal('op'),
    hasAside: true,
    hasAsideBegun: true,
    isRunning: true,
  })
  expect(isSignalOf(seen.copySignal, 'op')).toBe(true)
  expect(isSignalOf(seen.dataSignal, 'op')).toBe(false)
})

test('a real shell tells whether a server is fenced', () => {
  const data = join(directory, 'fenced')
  const startConf = join(directory, 'start.conf')
  const look = () =>
    parseFence(
      run(
        fenceQuestion({
          dataDirectory: data,
          binDirectory: binDirectory(3),
          startConfPath: startConf,
          unit: null,
        }).text,
      ),
    )
  expect(look()).toEqual({ isRunning: false, signal: null, startConf: null, enabledState: '' })
  mkdirSync(data)
  writeFileSync(join(data, 'standby.signal'), `${fenceSignal('op')}\n`)
  writeFileSync(startConf, '# "auto" starts it at boot\n\nmanual\n')
  expect(look()).toEqual({
    isRunning: false,
    signal: fenceSignal('op'),
    startConf: 'manual',
    enabledState: '',
  })
})

test('answers in another form are errors', () => {
  expect(isRefused(() => parseStandbyPlaces('sh: not found'), 'HOST_COMMAND_FAILED')).toBe(true)
  expect(isRefused(() => parseFence(''), 'HOST_COMMAND_FAILED')).toBe(true)
  expect(isRefused(() => parseServerSurvey([]), 'POSTGRES_QUERY_FAILED')).toBe(true)
  expect(isRefused(() => parseServerSurvey([{ survey: { versionNum: 'x' } }]), 'POSTGRES_QUERY_FAILED')).toBe(
    true,
  )
})

test('the server’s survey is read as an object or as JSON text', () => {
  const survey = serverFacts()
  expect(parseServerSurvey([{ survey }])).toEqual(survey)
  expect(parseServerSurvey([{ survey: JSON.stringify(survey) }])).toEqual(survey)
})
