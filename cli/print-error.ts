import { AppError, exitCodeOf, toPublicError } from '@/lib/errors'

/** Says on standard error what happened and what to do, one line each. Returns the exit code for it. */
export function printError(error: unknown): number {
  const { message, fix, code, fields } = toPublicError(error)
  process.stderr.write(`understudy: ${message}\n`)
  for (const [field, sentence] of Object.entries(fields ?? {}))
    if (!message.includes(sentence) && sentence !== fix)
      process.stderr.write(`            ${field}: ${sentence}\n`)
  if (fix) process.stderr.write(`            ${fix}\n`)
  if (code === 'INTERNAL') process.stderr.write(`${detailOf(error)}\n`)
  return exitCodeOf(code)
}

/** Of an error that nobody expected the operator is shown all there is: there is no other place to look at. */
const detailOf = (error: unknown): string =>
  error instanceof AppError
    ? error.detail
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
