import { expect, test } from 'vitest'
import {
  allLines,
  filterLines,
  firstLines,
  lineAt,
  linesOfRun,
  withEarlier,
  withLater,
  withNewer,
} from '@/components/logs/log-lines'
import type { LogChunk } from '@/lib/domain/views'

const chunk = (offset: number, text: string, sizeBytes = offset + text.length, file = '66:1'): LogChunk => ({
  file,
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

test('a log whose new file is longer than the old one was has been rotated all the same', () => {
  const first = firstLines(chunk(0, 'one\nhal'))
  const rotated = withNewer(first, chunk(7, 'f\n', 9))
  expect(allLines(withNewer(rotated, chunk(9, '', 9)))).toEqual(['one', 'half'])
  const fresh = withNewer(rotated, chunk(0, 'a longer line\nand more\n', 23, '66:2'))
  expect(allLines(fresh)).toEqual(['one', 'half', 'a longer line', 'and more'])
  expect(fresh).toMatchObject({ rotations: 1, olderLines: 2, startOffset: 0, file: '66:2' })
})

test('a log that is followed for long does not grow for ever: its oldest lines are let go, and can be read again', () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `zwölf ${index}\n`).join('')
  const bytes = new TextEncoder().encode(many).length
  const rotated = withNewer(firstLines(chunk(0, 'old\n')), chunk(0, many, bytes, '66:2'))
  const full = withNewer(rotated, chunk(bytes, many, 2 * bytes, '66:2'))
  expect(full.lines).toHaveLength(40_000)
  expect(full.olderLines).toBe(0)
  expect(full.lines[0]).toBe('zwölf 20000')
  const dropped = Array.from({ length: 20_000 }, (_, index) => `zwölf ${index}\n`).join('')
  expect(full.startOffset).toBe(new TextEncoder().encode(dropped).length)
  const earlier = chunk(full.startOffset - 26, 'zwölf 19998\nzwölf 19999\n')
  expect(allLines(withEarlier(full, earlier)).slice(0, 2)).toEqual(['zwölf 19999', 'zwölf 20000'])
})

test('an earlier piece joins without a gap, whatever its letters', () => {
  const text = 'eins\nzwölf\ndrei\n'
  const later = firstLines(chunk(new TextEncoder().encode('eins\nzw').length, 'ölf\ndrei\n'))
  expect(allLines(later)).toEqual(['drei'])
  const earlier = chunk(0, text.slice(0, text.indexOf('drei')))
  expect(earlier.nextOffset).toBe(later.startOffset)
  expect(allLines(withEarlier(later, earlier))).toEqual(['eins', 'zwölf', 'drei'])
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

test('a later piece joins without a gap, and a line is found by the byte that it begins at', () => {
  const around = firstLines(chunk(100, 'lf a line\nzwölf\ndr', 200))
  const later = withLater(around, chunk(around.nextOffset, 'ei\nvier\n', 200))
  expect(allLines(later)).toEqual(['zwölf', 'drei', 'vier'])
  expect(lineAt(later, 110)).toBe(0)
  expect(lineAt(later, 117)).toBe(1)
  expect(lineAt(later, 119)).toBe(1)
  expect([lineAt(later, 109), lineAt(later, 127)]).toEqual([-1, -1])
})
