import { expect, test } from 'vitest'
import { judgeLogs, type LogFigures } from '@/bench/logs/judge-logs'

const level = Array.from({ length: 16 }, () => 200e6)
const figures: LogFigures = {
  coldMs: 400,
  openMs: [40, 50, 60],
  pageMs: [700, 800, 900],
  followed: { bytes: 100e6, webBytes: level, pageBytes: level },
  searchMs: [4_000],
  grepMs: [2_000],
  downloadMs: [10_000],
  sshMs: [8_000],
  downloadWebBytes: [300e6],
  logBytes: 1e9,
}

test('each figure stands beside what it is held against', () => {
  const { lines, isMet } = judgeLogs(figures)
  expect(lines).toContain('first lines by HTTP: 50 ms (40 to 60); not connected before: 400 ms')
  expect(lines).toContain(
    'search of the whole file: 4.00 s (4.00 to 4.00), 250 MB/s; grep on the host: 2.00 s (2.00 to 2.00), ratio 2.00',
  )
  expect(lines.join('\n')).toContain(
    '10.00 s (10.00 to 10.00), 100 MB/s; by ssh: 8.00 s (8.00 to 8.00), ratio 1.25',
  )
  expect(isMet).toBe(true)
})

test.each<[string, Partial<LogFigures>]>([
  ['first lines that come late', { coldMs: 1_200 }],
  ['a page that shows the end late', { pageMs: [900, 1_100, 1_300] }],
  [
    'a web process that grows',
    { followed: { ...figures.followed, webBytes: level.map((bytes, index) => bytes + index * 10e6) } },
  ],
  [
    'a page that grows',
    { followed: { ...figures.followed, pageBytes: level.map((bytes, index) => bytes + index * 10e6) } },
  ],
  ['too few samples', { followed: { ...figures.followed, webBytes: [1, 2] } }],
])('%s: not met', (_, over) => {
  expect(judgeLogs({ ...figures, ...over }).isMet).toBe(false)
})

test('what was not measured is no success', () => {
  expect(() => judgeLogs({ ...figures, searchMs: [] })).toThrow('something was not measured')
})
