import type { z } from 'zod'
import { AppError } from '@/lib/errors'

/**
 * The input as its schema reads it. Throws INVALID_INPUT with one sentence for each field (`fields`: path joined by
 * dots → sentence); what was given is never repeated, it may be a secret.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields: Record<string, string> = {}
  for (const issue of parsed.error.issues) fields[issue.path.join('.')] ??= issue.message
  throw new AppError('INVALID_INPUT', 'Something that was given is missing or not right.', {
    fix: 'Mend the fields that are marked and send it again.',
    fields,
  })
}
