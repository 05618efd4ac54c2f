import { AppError } from '@/lib/errors'
import type { AttemptRepository } from '@/lib/ports/store'

const minuteMs = 60_000

/**
 * Guessing is limited by what is guessed at, not by where it comes from: an address is what a client says it is unless a
 * proxy vouches for it. Ten guesses a minute on one user can't find a password of 12 characters; a limit over all
 * users bounds the work of hashing and guesses at one password for many users.
 */
const limits = {
  'sign-in': { max: 120, windowMs: minuteMs },
  'sign-in-user': { max: 10, windowMs: minuteMs },
  setup: { max: 20, windowMs: minuteMs },
} as const

/** Counts one attempt; throws TOO_MANY_ATTEMPTS when it is one too many. Windows are a minute at most. */
export async function takeAttempt(
  attempts: AttemptRepository,
  kind: keyof typeof limits,
  subject = '',
): Promise<void> {
  const { allowed, retryAfterMs } = await attempts.take(keyOf(kind, subject), limits[kind])
  if (allowed) return
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000))
  throw new AppError('TOO_MANY_ATTEMPTS', 'There were too many attempts in a short time.', {
    fix: `Wait ${seconds} s, then try again.`,
  })
}

/** After a success the guesses before it no longer count. */
export const forgetAttempts = (attempts: AttemptRepository, kind: keyof typeof limits, subject: string) =>
  attempts.clear(keyOf(kind, subject))

const keyOf = (kind: string, subject: string) => (subject ? `${kind}:${subject}` : kind)
