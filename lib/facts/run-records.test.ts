import { expect, test } from 'vitest'
import { parseRunRecords } from '@/lib/facts/run-records'

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
