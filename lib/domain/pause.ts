import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Instant } from '@/lib/domain/observation'

/** What of a pair can be paused: the copies of its directories, and the replay of WAL on its standby. */
export const pauseParts = ['sync', 'replay'] as const
export type PausePart = (typeof pauseParts)[number]

/** For how long a pair may be paused, milliseconds. */
const pauseMs = { least: 60_000, most: 7 * 24 * 3_600_000 } as const

/** A pause that an operator asked for, kept with the pair until it is resumed. */
export type Pause = {
  readonly what: readonly PausePart[]
  /** When it is resumed by itself, by the dashboard's clock. */
  readonly until: Instant
  /** Who asked for it, and why. */
  readonly by: string
  readonly reason: string
  /** The operation that began it. */
  readonly operationId: string
}

const partWords: Readonly<Record<PausePart, string>> = { sync: 'file sync', replay: 'replay' }

/** E.g. `replay and file sync`; at the head of a sentence with `isFirst`. */
export function pausedWords(what: readonly PausePart[], { isFirst = false } = {}): string {
  const words = pauseParts
    .toReversed()
    .filter((part) => what.includes(part))
    .map((part) => partWords[part])
    .join(' and ')
  return isFirst ? words.slice(0, 1).toUpperCase() + words.slice(1) : words
}

/** As all sentences about a pause say it, e.g. `Mon 23 Nov 2026, 14:07 UTC`. */
export const untilWords = (until: Instant): string =>
  formatFullInstant(until, { timeZone: 'UTC', precision: 'minutes' })

export const isPausing = (pause: Pause | null | undefined, part: PausePart): boolean =>
  pause?.what.includes(part) === true

/** Whether its end has come. */
export const isOver = ({ until }: Pause, nowMs: number): boolean => Date.parse(until) <= nowMs

/** Why a pause may not last until then; null where it may. */
export function whyNotUntil(until: Instant, nowMs: number): string | null {
  const ms = Date.parse(until) - nowMs
  if (ms < pauseMs.least) return `${untilWords(until)} is not a minute ahead.`
  return ms > pauseMs.most ? `${untilWords(until)} is more than 7 days ahead.` : null
}
