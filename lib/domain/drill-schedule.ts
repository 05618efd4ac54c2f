import { Cron } from 'croner'
import { describeSchedule } from '@/lib/domain/describe-schedule'
import type { DrillOptions } from '@/lib/domain/drill-options'
import type { Instant } from '@/lib/domain/observation'
import { isSchedule } from '@/lib/domain/schedule'
import type { DrillScheduleView } from '@/lib/domain/views'

/** When drills of a pair begin by themselves, and how; kept with the pair. */
export type DrillSchedule = {
  /** Five-field cron expression, in UTC: the dashboard's hosts may be in other zones than its viewers. */
  readonly cron: string
  readonly options: DrillOptions
  /** Who set it, and when: no time before that is due. */
  readonly by: string
  readonly since: Instant
}

/** How long after its time a drill may still begin. What could not begin by then is left out: at noon nobody wants the drill of 3 o'clock. */
export const dueWindowMs = 3_600_000

const clockOf = (cron: string) => new Cron(cron, { paused: true, timezone: 'UTC' })

/** The time of the schedule that has come and may still be kept; null where none has. Times that were missed are not piled up. */
export function dueDrill(
  { cron, since }: Pick<DrillSchedule, 'cron' | 'since'>,
  nowMs: number,
): Instant | null {
  // A time is due from its own second on: the library answers with those before.
  const [last] = clockOf(cron).previousRuns(1, new Date(nowMs + 1_000))
  if (!last) return null
  const ms = last.getTime()
  return ms > nowMs || ms <= Date.parse(since) || nowMs - ms > dueWindowMs ? null : last.toISOString()
}

/** The next time of the schedule after now; null for an expression that never comes, e.g. on 30 February. */
export const nextDrill = ({ cron }: Pick<DrillSchedule, 'cron'>, nowMs: number): Instant | null =>
  clockOf(cron).nextRun(new Date(nowMs))?.toISOString() ?? null

/** Why no drills begin by this expression, in a sentence; null where they can. Oftener than hourly, one would stand in the way of the next. */
export function whyNoSchedule(cron: string): string | null {
  if (!isSchedule(cron)) return 'This is not a cron schedule; write five fields, for example "0 3 * * 0".'
  const runs = clockOf(cron).nextRuns(50)
  if (runs.length === 0) return 'This schedule never comes.'
  const gaps = runs.slice(1).map((run, index) => run.getTime() - (runs[index]?.getTime() ?? 0))
  return gaps.some((gap) => gap < dueWindowMs) ? 'A drill begins once an hour at the most.' : null
}

/** The schedule as pages and command line show it. */
export const viewSchedule = (schedule: DrillSchedule, nowMs: number): DrillScheduleView => ({
  cron: schedule.cron,
  words: `${describeSchedule(schedule.cron)} (UTC)`,
  nextAt: nextDrill(schedule, nowMs),
})
