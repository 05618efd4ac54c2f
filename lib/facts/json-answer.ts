import { z } from 'zod'
import { AppError } from '@/lib/errors'

/**
 * A value of type json as PostgreSQL answered it, in the form of the schema. Throws POSTGRES_QUERY_FAILED on an answer of another shape;
 * `what` it is an answer to is part of its sentence.
 */
export function parseJsonAnswer<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(typeof value === 'string' ? parseJson(value) : value)
  if (parsed.success) return parsed.data
  throw new AppError('POSTGRES_QUERY_FAILED', `PostgreSQL answered ${what} in a form that is not known.`, {
    fix: 'Report this with the PostgreSQL version.',
    detail: z.prettifyError(parsed.error),
  })
}

/** Undefined for what is no JSON: the schema then says what is missing. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
