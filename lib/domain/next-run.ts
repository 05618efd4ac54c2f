import { Cron } from 'croner'

const cacheMax = 20_000
/** The turn that is next from a moment on: it is so until it has come. */
const known = new Map<string, { readonly fromMs: number; readonly nextMs: number }>()

/**
 * When a schedule has its next turn after `nowMs`, as cron(8) reads it in the host's time zone; null where it has none any more, or
 * can't be read. Both instants by the host's clock, in ms.
 */
export function nextRunMs(schedule: string, host: { nowMs: number; timeZone: string }): number | null {
  const key = `${schedule}\n${host.timeZone}`
  const before = known.get(key)
  if (before && before.fromMs <= host.nowMs && host.nowMs < before.nextMs) return before.nextMs
  const nextMs = readNext(schedule, host)
  if (nextMs === null) return null
  if (known.size >= cacheMax) known.clear()
  known.set(key, { fromMs: host.nowMs, nextMs })
  return nextMs
}

function readNext(schedule: string, { nowMs, timeZone }: { nowMs: number; timeZone: string }): number | null {
  try {
    return (
      new Cron(schedule, { timezone: timeZone, paused: true }).nextRun(new Date(nowMs))?.getTime() ?? null
    )
  } catch {
    // Somebody wrote a schedule by hand that cron may read and croner does not: then it is not known.
    return null
  }
}
