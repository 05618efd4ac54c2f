import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { readDirectoryRuns } from '@/lib/commands/sync-facts'
import { parseDirectoryRuns, parseRunRecord, parseVerification } from '@/lib/facts/directory-runs'
import { rootPlaces } from '@/test/harness/places'

const good =
  '{"start":"2026-11-23T02:45:00Z","end":"2026-11-23T02:45:02Z","exit":0,"result":"ok","files":3,"bytes":4096,"deletions":1,"failures":0,"reason":""}'
const bad =
  '{"start":"2026-11-23T02:46:00Z","end":"2026-11-23T02:46:10Z","exit":12,"result":"failed-connection","files":0,"bytes":0,"deletions":0,"failures":7,"reason":"ssh: no route"}'

/** As `host/understudy-verify` writes it, with names of any characters. */
const verified = String.raw`{"at":"2026-11-23T02:10:00Z","result":"ok","reason":"","began":"2026-11-23T02:00:00Z","ended":"","lastBegan":"2026-11-16T02:00:00Z","lastEnded":"2026-11-16T03:00:00Z","lastFiles":99,"lastBytes":900,"files":120,"bytes":1000,"checkedFiles":40,"checkedBytes":300,"changed":3,"suspects":1,"differs":2,"names":["a/new\\#012line","a/$(touch pwned) \"q\" \\n"]}`

describe('parseVerification', () => {
  test('reads how much was verified from when to when, and what differs, whatever is in a name', () => {
    expect(parseVerification(verified)).toEqual({
      at: '2026-11-23T02:10:00Z',
      result: 'ok',
      reason: '',
      files: 120,
      bytes: 1000,
      pass: { startedAt: '2026-11-23T02:00:00Z', endedAt: null, files: 40, bytes: 300 },
      lastPass: {
        startedAt: '2026-11-16T02:00:00Z',
        endedAt: '2026-11-16T03:00:00Z',
        files: 99,
        bytes: 900,
      },
      changed: 3,
      suspects: 1,
      differs: 2,
      names: ['a/new\\#012line', 'a/$(touch pwned) "q" \\n'],
    })
  })

  test.each([
    '',
    '{',
    '[]',
    verified.replace('"files":120', '"files":-1'),
    verified.replace('"at":"2', '"at":"x'),
  ])('refuses %j', (line) => {
    expect(() => parseVerification(line)).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
  })
})

describe('parseRunRecord', () => {
  test('reads a line that the runner wrote', () => {
    expect(parseRunRecord(bad)).toEqual({
      startedAt: '2026-11-23T02:46:00Z',
      endedAt: '2026-11-23T02:46:10Z',
      exitCode: 12,
      result: 'failed-connection',
      files: 0,
      bytes: 0,
      deletions: 0,
      failures: 7,
      reason: 'ssh: no route',
    })
  })

  test.each(['', '{', 'null', '{"start":"yesterday"}', good.replace('"files":3', '"files":-3')])(
    'refuses %j',
    (line) => {
      expect(() => parseRunRecord(line)).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
    },
  )
})

describe('parseDirectoryRuns', () => {
  test('tells a running, a failing and a new directory apart', () => {
    const facts = parseDirectoryRuns(
      `vault\nrunning\n${bad}\n${good}\n${verified}\netc\nidle\n${good}\n${good}\n\nreports\nidle\n\n\n\n`,
    )
    expect(facts.map(({ id, isRunning, failuresSinceGood }) => [id, isRunning, failuresSinceGood])).toEqual([
      ['vault', true, 7],
      ['etc', false, 0],
      ['reports', false, 0],
    ])
    expect(facts[0]?.lastRun?.result).toBe('failed-connection')
    expect(facts[0]?.lastGoodRun?.endedAt).toBe('2026-11-23T02:45:02Z')
    expect(facts[2]).toEqual({
      id: 'reports',
      lastRun: null,
      lastGoodRun: null,
      failuresSinceGood: 0,
      isRunning: false,
      verification: null,
    })
    expect(facts.map(({ verification }) => verification?.differs)).toEqual([2, undefined, undefined])
  })

  test('an empty answer is for no directory', () => {
    expect(parseDirectoryRuns('')).toEqual([])
  })

  test('a cut answer is an error, not fewer directories', () => {
    expect(() => parseDirectoryRuns(`vault\nidle\n${good}`)).toThrow()
    expect(() => parseDirectoryRuns('vault\nwhat\n\n\n\n')).toThrow()
    expect(() => parseDirectoryRuns(`vault\nidle\n${good}\n${good}\n`)).toThrow()
  })

  test('a shell answers the question in that form for directories without a run', () => {
    const { text } = readDirectoryRuns(rootPlaces('no-such-pair'), ['vault', 'etc'])
    const answer = execFileSync('sh', ['-c', text], { encoding: 'utf8' })
    expect(parseDirectoryRuns(answer).map((directory) => directory.id)).toEqual(['vault', 'etc'])
  })
})

test('a hostile id never reaches a shell', () => {
  for (const id of ['../etc', 'a b', '$(id)', '', '-rf', 'A'])
    expect(() => readDirectoryRuns(rootPlaces('pair'), [id])).toThrow(RangeError)
})
