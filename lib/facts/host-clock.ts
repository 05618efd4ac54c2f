import { type Command, sh } from '@/lib/commands/command'
import type { MachineFacts } from '@/lib/domain/observation'
import { AppError } from '@/lib/errors'

export type HostClock = Pick<MachineFacts, 'clockOffsetMs' | 'clockErrorMs'>

/** Alone in its question, so that it is read in the middle of the round trip. */
export const hostClockQuestion: Command = sh`date +%s%N`

/**
 * The host's clock against ours: its time less the middle of the round trip, uncertain by half of it (as in RFC 5905).
 * Throws AppError HOST_COMMAND_FAILED when the answer is no time.
 */
export function parseHostClock(stdout: string, sent: { atMs: number; tookMs: number }): HostClock {
  const digits = stdout.trim()
  if (!/^\d{19}$/.test(digits))
    throw new AppError('HOST_COMMAND_FAILED', 'The host did not say what time it is.', {
      fix: 'Look whether date(1) of the host knows %N.',
      detail: digits.slice(0, 100),
    })
  const hostMs = Number(BigInt(digits) / 1000n) / 1000
  return { clockOffsetMs: hostMs - (sent.atMs + sent.tookMs / 2), clockErrorMs: sent.tookMs / 2 }
}
