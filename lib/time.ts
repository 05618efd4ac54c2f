import type { Instant } from '@/lib/domain/observation'

/** A clock that tests can replace. */
export type Clock = { now(): Date }
export const systemClock: Clock = { now: () => new Date() }
export const toInstant = (date: Date): Instant => date.toISOString()
