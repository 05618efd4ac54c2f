import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drillOptions } from '@/lib/domain/drill-options'
import { dueDrill, dueWindowMs, nextDrill, viewSchedule, whyNoSchedule } from '@/lib/domain/drill-schedule'

const sundays = { cron: '0 3 * * 0', since: '2026-11-01T00:00:00.000Z' }
const at = (instant: string) => Date.parse(instant)

describe('a drill of Sundays at 3 o’clock, UTC', () => {
  test.each([
    ['a moment before', '2026-11-29T02:59:59.999Z', null],
    ['at its time', '2026-11-29T03:00:00.000Z', '2026-11-29T03:00:00.000Z'],
    ['while its hour lasts', '2026-11-29T03:59:59.999Z', '2026-11-29T03:00:00.000Z'],
    ['when its hour is over: it is left out', '2026-11-29T04:00:00.001Z', null],
    ['days later, with nobody there meanwhile', '2026-12-03T12:00:00.000Z', null],
  ])('is due %s or not', (_, now, due) => {
    expect(dueDrill(sundays, at(now))).toBe(due)
  })

  test('is not due for a time before it was set', () => {
    const set = { ...sundays, since: '2026-11-29T03:10:00.000Z' }
    expect(dueDrill(set, at('2026-11-29T03:20:00.000Z'))).toBeNull()
    expect(nextDrill(set, at('2026-11-29T03:20:00.000Z'))).toBe('2026-12-06T03:00:00.000Z')
  })
})

test('an expression that never comes is never due, and has no next time', () => {
  const never = { cron: '0 0 30 2 *', since: '' }
  expect(dueDrill(never, at('2026-03-01T00:00:00Z'))).toBeNull()
  expect(nextDrill(never, at('2026-03-01T00:00:00Z'))).toBeNull()
})

test('whenever a worker looks, at most one time is due: the last that came, at most an hour ago', () => {
  const first = at('2026-01-01T00:00:00Z')
  const anyLook = fc.record({
    cron: fc.constantFrom('*/5 * * * *', '0 3 * * 0', '30 */6 * * *', '15 2 1 * *'),
    nowMs: fc.integer({ min: first, max: at('2026-12-31T00:00:00Z') }),
  })
  fc.assert(
    fc.property(anyLook, ({ cron, nowMs }) => {
      const due = dueDrill({ cron, since: '2025-01-01T00:00:00.000Z' }, nowMs)
      if (due === null) return
      expect(at(due)).toBeLessThanOrEqual(nowMs)
      expect(nowMs - at(due)).toBeLessThanOrEqual(dueWindowMs)
      expect(at(nextDrill({ cron }, at(due)) ?? '')).toBeGreaterThan(nowMs - 1_000)
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['0 3 * * 0', null],
  ['0 * * * *', null],
  ['*/30 3 * * *', 'A drill begins once an hour at the most.'],
  ['0 0 30 2 *', 'This schedule never comes.'],
  ['@daily', 'This is not a cron schedule; write five fields, for example "0 3 * * 0".'],
])('whether %s can be kept is told in a sentence', (cron, why) => {
  expect(whyNoSchedule(cron)).toBe(why)
})

test('a schedule is shown in words, with its zone and its next time', () => {
  const schedule = { ...sundays, options: drillOptions.parse({}), by: 'ann' }
  expect(viewSchedule(schedule, at('2026-11-25T12:00:00Z'))).toEqual({
    cron: '0 3 * * 0',
    words: 'at 03:00, only on Sunday (UTC)',
    nextAt: '2026-11-29T03:00:00.000Z',
  })
})
