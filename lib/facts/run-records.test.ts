import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRecentRuns } from '@/lib/commands/sync-facts'
import { pairPlaces } from '@/lib/domain/host-places'
import { runRecordsPath, runsDirectory } from '@/lib/domain/sync-names'
import { parseRecentRuns, parseRunRecords } from '@/lib/facts/run-records'

const record = (minute: number) =>
  `{"start":"2026-11-23T02:${minute}:00Z","end":"2026-11-23T02:${minute}:02Z","exit":0,"result":"ok","files":3,"bytes":4096,"deletions":1,"failures":0,"reason":""}\n`

const pieceOf = (text: string, offset = 0) => ({
  offset,
  bytes: Buffer.from(text),
})
const minutesOf = (text: string, offset = 0) =>
  parseRunRecords(pieceOf(text, offset)).map(({ startedAt }) => startedAt.slice(14, 16))

test('records come newest first, as a run of a directory', () => {
  expect(minutesOf(record(45) + record(46) + record(47))).toEqual(['47', '46', '45'])
  expect(parseRunRecords(pieceOf(record(45)))).toEqual([
    {
      startedAt: '2026-11-23T02:45:00Z',
      endedAt: '2026-11-23T02:45:02Z',
      exitCode: 0,
      result: 'ok',
      files: 3,
      bytes: 4096,
      deletions: 1,
      reason: '',
    },
  ])
})

test('a line that is cut off at either end is left out', () => {
  expect(minutesOf(record(45).slice(20) + record(46) + record(47).slice(0, 50), 100)).toEqual(['46'])
})

test('no records are no runs, a line that is no record is an error', () => {
  expect(minutesOf('')).toEqual([])
  expect(() => minutesOf('rsync error\n')).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
})

test('of every directory the latest runs are asked for at once, newest first; what is still being written is left out', () => {
  const home = mkdtempSync(join(tmpdir(), 'understudy-runs-'))
  const at = pairPlaces({ privilege: 'unprivileged', user: 'phantom', home }, 'soar')
  mkdirSync(runsDirectory(at), { recursive: true })
  writeFileSync(runRecordsPath(at, 'vault'), `${record(45)}${record(46)}${record(47)}{"start":"2026`)
  writeFileSync(runRecordsPath(at, 'etc'), record(50))
  const { text } = readRecentRuns(at, ['vault', 'new', 'etc'], 3)
  const found = parseRecentRuns(execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' }))
  rmSync(home, { recursive: true })
  const minutes = Object.fromEntries(
    Object.entries(found).map(([id, runs]) => [id, runs.map(({ startedAt }) => startedAt.slice(14, 16))]),
  )
  expect(minutes).toEqual({ vault: ['47', '46'], new: [], etc: ['50'] })
})
