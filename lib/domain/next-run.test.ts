import { expect, test } from 'vitest'
import { nextRunMs } from '@/lib/domain/next-run'

const at = (text: string) => Date.parse(text)
const next = (schedule: string, now: string, timeZone = 'UTC') => {
  const found = nextRunMs(schedule, { nowMs: at(now), timeZone })
  return found === null ? null : new Date(found).toISOString()
}

test.each([
  ['* * * * *', '2026-11-23T12:00:30Z', '2026-11-23T12:01:00.000Z'],
  ['*/5 * * * *', '2026-11-23T12:00:00Z', '2026-11-23T12:05:00.000Z'],
  ['30 2 * * *', '2026-11-23T12:00:00Z', '2026-11-24T02:30:00.000Z'],
])('%s after %s comes at %s', (schedule, now, wanted) => {
  expect(next(schedule, now)).toBe(wanted)
})

test('a schedule is read in the zone of the host', () => {
  expect(next('30 2 * * *', '2026-11-23T12:00:00Z', 'Europe/Berlin')).toBe('2026-11-24T01:30:00.000Z')
})

test('asked again and again it goes on with the time, also where the clock is set back', () => {
  const schedule = '*/2 * * * *'
  expect(next(schedule, '2026-11-23T12:00:30Z')).toBe('2026-11-23T12:02:00.000Z')
  expect(next(schedule, '2026-11-23T12:01:30Z')).toBe('2026-11-23T12:02:00.000Z')
  expect(next(schedule, '2026-11-23T12:02:00Z')).toBe('2026-11-23T12:04:00.000Z')
  expect(next(schedule, '2026-11-23T11:00:00Z')).toBe('2026-11-23T11:02:00.000Z')
})

test('what can’t be read has no next run', () => {
  expect(next('not a schedule', '2026-11-23T12:00:00Z')).toBeNull()
})
