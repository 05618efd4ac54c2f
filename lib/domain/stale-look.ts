import { formatDuration } from '@/lib/domain/format-duration'
import type { Instant } from '@/lib/domain/observation'
import type { PublicError } from '@/lib/errors'

/** The worker looks once a second; after this long without a look, what it saw last says nothing about now. */
const staleAfterMs = 10_000

/** Whether a look taken at `at` says nothing about `now` any more. */
export const isStaleLook = (at: Instant, now: Date): boolean => now.getTime() - Date.parse(at) > staleAfterMs

const worker = {
  message: 'the dashboard’s worker is not running or is held up.',
  fix: 'Look after the dashboard’s worker: start it, or read its log.',
}

/** From when on a look taken at `at` says nothing any more. */
export const staleFrom = (at: Instant): Instant => new Date(Date.parse(at) + staleAfterMs).toISOString()

/**
 * Why nothing is known now, and what to do about it, where the last look was taken at `at`. `why`: what keeps everybody from
 * looking, where that is known; else it is the worker.
 */
export function staleLookWords(
  at: Instant,
  now: Date,
  why: Pick<PublicError, 'message' | 'fix'> | null = null,
): { readonly message: string; readonly fix: string } {
  const age = formatDuration((now.getTime() - Date.parse(at)) / 1000)
  const { message, fix } = why ?? worker
  return { message: `Nobody has looked at the hosts for ${age}: ${message}`, fix }
}
