import { expect, test } from 'vitest'
import { isSchedule } from '@/lib/domain/schedule'

test.each(['*/5 * * * *', '0 3 * * 1-5', ' 7 0,12 1 */2 * '])('cron(8) takes “%s”', (expression) => {
  expect(isSchedule(expression)).toBe(true)
})

test.each(['', '* * * *', '*/5 * * * * *', '61 * * * *', 'often', '* * * * mañana'])(
  'cron(8) does not take “%s”',
  (expression) => {
    expect(isSchedule(expression)).toBe(false)
  },
)
