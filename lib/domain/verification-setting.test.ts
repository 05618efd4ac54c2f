import { expect, test } from 'vitest'
import { isSchedule } from '@/lib/domain/schedule'
import { verificationOf } from '@/lib/domain/verification-setting'

test('a pair that says nothing is verified once a night between one and five, at a minute of its own', () => {
  const schedules = Array.from(
    { length: 500 },
    (_, index) => verificationOf(undefined, `pair-${index}`)?.schedule,
  )
  for (const schedule of schedules) {
    expect(isSchedule(schedule ?? '')).toBe(true)
    expect(schedule).toMatch(/^\d{1,2} [1-4] \* \* \*$/)
  }
  expect(new Set(schedules).size).toBeGreaterThan(150)
  expect(verificationOf(undefined, 'pair-1')).toEqual(verificationOf(undefined, 'pair-1'))
})

test('what an operator has set holds, and so does that they turned it off', () => {
  const own = { schedule: '0 3 * * 6', everyDays: 30, megabytesPerSecond: 5 }
  expect(verificationOf(own, 'ledger')).toEqual(own)
  expect(verificationOf(null, 'ledger')).toBeNull()
})
