import { AppError, httpStatus, type PublicError, toPublicError } from '@/lib/errors'

/** RFC 9457 problem details with the public part of the error. */
type ProblemDetails = PublicError & {
  readonly type: string
  readonly title: string
  readonly status: number
}

function toProblemDetails(error: unknown): ProblemDetails {
  const shown = toPublicError(error)
  const status = httpStatus[shown.code]
  return { type: `urn:understudy:error:${shown.code}`, title: shown.message, status, ...shown }
}

/** Windows of attempts are a minute at most; the sentence says how long it is. */
const retryAfterSeconds = '60'

/** The answer for anything that was thrown. */
export function toProblemResponse(error: unknown): Response {
  const details = toProblemDetails(error)
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (details.status === 429) headers.set('retry-after', retryAfterSeconds)
  return new Response(JSON.stringify(details), { status: details.status, headers })
}

/** Errors that an operator can't mend by what they sent. */
export const belongsInLog = (error: unknown): boolean =>
  !(error instanceof AppError) || httpStatus[error.code] >= 500
