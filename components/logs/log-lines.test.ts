import { expect, test } from 'vitest'
import {
  allLines,
  filterLines,
  firstLines,
  linesOfRun,
  severityOf,
  withEarlier,
  withNewer,
} from '@/components/logs/log-lines'
import type { LogChunk } from '@/lib/domain/views'

const chunk = (offset: number, text: string, sizeBytes = offset + text.length): LogChunk => ({
  path: '/var/log/phantom/rsync_vault.log',
  offset,
  nextOffset: offset + new TextEncoder().encode(text).length,
  sizeBytes,
  text,
})

test('a file read from its beginning keeps its first line; one that was cut does not show half a line', () => {
  expect(allLines(firstLines(chunk(0, 'one\ntwo\n')))).toEqual(['one', 'two'])
  const cut = firstLines(chunk(100, 'lf a line\ntwo\n'))
  expect(allLines(cut)).toEqual(['two'])
  expect(cut.startOffset).toBe(110)
})

test('a line that comes in two pieces is one line', () => {
  const first = firstLines(chunk(0, 'one\ntw'))
  expect(allLines(first)).toEqual(['one', 'tw'])
  const next = withNewer(first, chunk(6, 'o\nthree\n'))
  expect(allLines(next)).toEqual(['one', 'two', 'three'])
  expect(next.nextOffset).toBe(14)
})

test('nothing new changes nothing', () => {
  const first = firstLines(chunk(0, 'one\n'))
  expect(withNewer(first, chunk(4, '', 4))).toBe(first)
})

test('a rotated file begins anew below what was there', () => {
  const first = firstLines(chunk(0, 'one\ntwo\nhal'))
  const rotated = withNewer(first, chunk(0, 'fresh\n'))
  expect(allLines(rotated)).toEqual(['one', 'two', 'hal', 'fresh'])
  expect(rotated.rotations).toBe(1)
  expect(rotated.nextOffset).toBe(6)
})

test('an earlier piece joins without a gap, whatever its letters', () => {
  const text = 'eins\nzwölf\ndrei\n'
  const later = firstLines(chunk(new TextEncoder().encode('eins\nzw').length, 'ölf\ndrei\n'))
  expect(allLines(later)).toEqual(['drei'])
  const earlier = chunk(0, text.slice(0, text.indexOf('drei')))
  expect(earlier.nextOffset).toBe(later.startOffset)
  expect(allLines(withEarlier(later, earlier))).toEqual(['eins', 'zwölf', 'drei'])
})

test.each([
  ['rsync: [sender] send_files failed to open "/x": Permission denied (13)', 'error'],
  ['rsync error: some files could not be transferred (code 23)', 'error'],
  ['file has vanished: "/x"', 'warning'],
  ['>f+++++++++ terrors.txt', 'plain'],
  ['sent 120 bytes  received 35 bytes', 'plain'],
])('%s is %s', (line, severity) => {
  expect(severityOf(line)).toBe(severity)
})

test('filters keep lines by text without regard to case, and by how loud they are', () => {
  const lines = ['Copied A', 'warning: b', 'error: c', 'copied d']
  expect(filterLines(lines, { text: 'COPIED', severity: 'all' })).toEqual(['Copied A', 'copied d'])
  expect(filterLines(lines, { text: '', severity: 'warning' })).toEqual(['warning: b', 'error: c'])
  expect(filterLines(lines, { text: '', severity: 'error' })).toEqual(['error: c'])
})

test('a run’s lines are those since the run before it ended, with its own last line', () => {
  const lines = [
    '2026/11/23 02:30:01 [812] >f+++++++++ a',
    '2026-11-23T02:30:02Z vault: ok (1 files, 12 bytes, 0 deleted)',
    '2026/11/23 02:31:01 [901] rsync: Permission denied (13)',
    'vault: rsync error: code 23',
    '2026-11-23T02:31:04Z vault: failed: Permission denied (0 files, 0 bytes, 0 deleted)',
  ]
  expect(linesOfRun(lines, '2026-11-23T02:31:04.000Z')).toEqual(lines.slice(2))
  expect(linesOfRun(lines, '2026-11-23T02:30:02Z')).toEqual(lines.slice(0, 2))
  expect(linesOfRun(lines, '2026-11-23T01:00:00Z')).toEqual([])
})
