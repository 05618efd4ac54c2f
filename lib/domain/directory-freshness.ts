import { Cron } from 'croner'
import type { DirectoryFacts, Instant } from '@/lib/domain/observation'
import type { DirectorySetting } from '@/lib/domain/pair'

/** A run takes time to start and to end: this much after its second missed turn a directory is stale. */
const graceMs = 60_000
const cacheMax = 20_000
const deadlines = new Map<string, number>()

/**
 * When a directory becomes stale: its second scheduled turn after the last good run's start, and a minute. One missed
 * turn is no alarm. Instants are by the host's clock, the schedule in the host's time zone, as cron(8) reads it.
 */
export function staleAtMs(schedule: string, lastGoodStartedAt: Instant, timeZone: string): number {
  const key = `${schedule}\n${timeZone}\n${lastGoodStartedAt}`
  const known = deadlines.get(key)
  if (known !== undefined) return known
  const turns = new Cron(schedule, { timezone: timeZone, paused: true }).nextRuns(
    2,
    new Date(lastGoodStartedAt),
  )
  const second = turns[1]
  const deadline = second ? second.getTime() + graceMs : Number.POSITIVE_INFINITY
  if (deadlines.size >= cacheMax) deadlines.clear()
  deadlines.set(key, deadline)
  return deadline
}

/** Seconds since the last good run began, on the dashboard's clock; null when there was none. */
export function directoryAgeSeconds(
  facts: DirectoryFacts | null,
  nowMs: number,
  clockOffsetMs: number,
): number | null {
  if (!facts?.lastGoodRun) return null
  const startedAtMs = Date.parse(facts.lastGoodRun.startedAt) - clockOffsetMs
  return Math.max(0, (nowMs - startedAtMs) / 1000)
}

/** Whether the last good run is older than the schedule allows. */
export function isStale(
  setting: DirectorySetting,
  facts: DirectoryFacts,
  host: { nowMs: number; timeZone: string },
): boolean {
  const good = facts.lastGoodRun
  return good !== null && host.nowMs > staleAtMs(setting.schedule, good.startedAt, host.timeZone)
}
