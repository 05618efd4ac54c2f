import { Cron } from 'croner'

/** Whether cron(8) would take this five-field expression. */
export function isSchedule(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5) return false
  try {
    new Cron(expression, { paused: true }).stop()
    return true
  } catch {
    return false
  }
}
