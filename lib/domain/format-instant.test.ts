import { expect, test } from 'vitest'
import { formatClock, formatFullInstant, formatListInstant } from '@/lib/domain/format-instant'

const at = '2026-11-23T23:07:31.412Z'

test('a time of day reads in the zone that was asked for', () => {
  expect(formatClock(at, { timeZone: 'UTC' })).toBe('23:07:31')
  expect(formatClock(at, { timeZone: 'Europe/Berlin' })).toBe('00:07:31')
  expect(formatClock(at, { timeZone: 'UTC', precision: 'milliseconds' })).toBe('23:07:31.412')
  expect(formatClock(at, { timeZone: 'UTC', precision: 'minutes' })).toBe('23:07')
})

test('the full form names the day and the zone', () => {
  expect(formatFullInstant(at, { timeZone: 'UTC' })).toBe('Mon 23 Nov 2026, 23:07:31 UTC')
  expect(formatFullInstant(at, { timeZone: 'Europe/Berlin' })).toMatch(/^Tue 24 Nov 2026, 00:07:31 /)
})

test('a list shows the time today, the weekday this week, the date before', () => {
  const now = Date.parse('2026-11-23T23:59:00Z')
  expect(formatListInstant(at, now, 'UTC')).toBe('23:07')
  expect(formatListInstant('2026-11-21T08:15:00Z', now, 'UTC')).toBe('Sat 08:15')
  expect(formatListInstant('2026-11-02T08:15:00Z', now, 'UTC')).toBe('2 Nov 2026')
})
