import type { Plan } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'

/** Throws INVALID_INPUT, with `sentence`, unless the words that the plan asks for were typed. */
export function requireAcknowledged(
  { acknowledgement: words }: Plan,
  acknowledgement: string,
  sentence: string,
): void {
  if (words === acknowledgement) return
  const fix = words === '' ? 'This plan asks for no words: give none.' : `Type exactly: ${words}`
  throw new AppError('INVALID_INPUT', sentence, { fix, fields: { acknowledgement: fix } })
}
