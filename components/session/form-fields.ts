import type { FieldValues, Path, UseFormSetError } from 'react-hook-form'
import { toProblem } from '@/components/data/api-client'

/** Puts the sentences of INVALID_INPUT beside their fields; whether any found its place. */
export function showFieldErrors<V extends FieldValues>(
  error: unknown,
  names: readonly Path<V>[],
  setError: UseFormSetError<V>,
): boolean {
  const fields = toProblem(error).fields ?? {}
  const known = names.filter((name) => fields[name])
  for (const name of known) setError(name, { message: fields[name] ?? '' })
  return known.length > 0
}
