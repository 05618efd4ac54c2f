import type { Instant } from '@/lib/domain/observation'

type Style = {
  /** IANA name; the process's (or browser's) own zone when absent. */
  readonly timeZone?: string
  /** Defaults to seconds. */
  readonly precision?: 'minutes' | 'seconds' | 'milliseconds'
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...options })
  formats.set(key, made)
  return made
}

/** Time of day, e.g. `14:07:31`. */
export function formatClock(instant: Instant, { timeZone, precision = 'seconds' }: Style = {}): string {
  const format = formatOf(`clock ${timeZone} ${precision}`, {
    hour: '2-digit',
    minute: '2-digit',
    ...(precision === 'minutes' ? {} : { second: '2-digit' }),
    ...(precision === 'milliseconds' ? { fractionalSecondDigits: 3 as const } : {}),
    ...(timeZone ? { timeZone } : {}),
  })
  return format.format(new Date(instant))
}

/** Day and time of day with the zone's offset, e.g. `Mon 23 Nov 2026, 14:07:31 GMT+1`. */
export function formatFullInstant(instant: Instant, { timeZone, precision = 'seconds' }: Style = {}): string {
  const format = formatOf(`full ${timeZone}`, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(timeZone ? { timeZone } : {}),
  })
  const zone = formatOf(`zone ${timeZone}`, {
    timeZoneName: 'short',
    ...(timeZone ? { timeZone } : {}),
  })
    .formatToParts(new Date(instant))
    .find((part) => part.type === 'timeZoneName')
  const day = format.format(new Date(instant)).replace(',', '')
  const clock = formatClock(instant, { precision, ...(timeZone ? { timeZone } : {}) })
  return `${day}, ${clock} ${zone?.value ?? ''}`.trimEnd()
}

/** For lists: the time of day for today, the weekday and time within six days before, the date before that. */
export function formatListInstant(instant: Instant, nowMs: number, timeZone?: string): string {
  const zone = timeZone ? { timeZone } : {}
  const dayFormat = formatOf(`day ${timeZone}`, { dateStyle: 'short', ...zone })
  const date = new Date(instant)
  if (dayFormat.format(date) === dayFormat.format(new Date(nowMs)))
    return formatClock(instant, { precision: 'minutes', ...zone })
  const isThisWeek = nowMs - date.getTime() < 6 * 86_400_000 && date.getTime() <= nowMs
  if (!isThisWeek)
    return formatOf(`date ${timeZone}`, { day: 'numeric', month: 'short', year: 'numeric', ...zone }).format(
      date,
    )
  const weekday = formatOf(`weekday ${timeZone}`, { weekday: 'short', ...zone }).format(date)
  return `${weekday} ${formatClock(instant, { precision: 'minutes', ...zone })}`
}
