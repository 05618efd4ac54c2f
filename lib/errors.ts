/**
 * One closed list of everything that can go wrong, each with the operator's sentence, what to do about it,
 * and the internal detail kept apart. Nothing may classify an error by its text.
 */
export const errorCodes = [
  'INVALID_INPUT',
  'NOT_SIGNED_IN',
  'NOT_ALLOWED',
  'TOO_MANY_ATTEMPTS',
  'NOT_FOUND',
  'CONFLICT',
  'PRECONDITION_FAILED',
  'PAIR_BUSY',
  'CANCELLED',
  'GAVE_WAY',
  'HOST_NAME_UNRESOLVED',
  'HOST_CONNECTING',
  'HOST_UNREACHABLE',
  'HOST_PORT_REFUSED',
  'HOST_TIMED_OUT',
  'HOST_CONNECTION_LOST',
  'HOST_KEY_UNCONFIRMED',
  'HOST_KEY_CHANGED',
  'HOST_AUTH_FAILED',
  'HOST_SUDO_REFUSED',
  'HOST_COMMAND_FAILED',
  'HOST_COMMAND_TIMED_OUT',
  'HOST_DISK_FULL',
  'POSTGRES_DOWN',
  'POSTGRES_STARTING',
  'POSTGRES_AUTH_FAILED',
  'POSTGRES_QUERY_FAILED',
  'POSTGRES_TIMED_OUT',
  'WRONG_HOST',
  'STEP_FAILED',
  'STEP_TIMED_OUT',
  'PROFILE_INVALID',
  'SECRET_UNREADABLE',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'TOOL_MISSING',
  'PORT_TAKEN',
  'ALREADY_RUNNING',
  'INTERNAL',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What may leave the process: to a page, an API answer, a step's record or a terminal. */
export type PublicError = {
  readonly code: ErrorCode
  /** What happened, one sentence in the operator's words. */
  readonly message: string
  /** What to do about it, one sentence; empty where nothing can be done. */
  readonly fix: string
  /** Field path → sentence, for INVALID_INPUT only. */
  readonly fields?: Readonly<Record<string, string>>
}

const brand = Symbol.for('understudy.AppError')

export class AppError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly fix: string
  /** For logs, and for the output of a step whose command failed on its host; shown nowhere else. Free of secrets. */
  readonly detail: string
  readonly fields: Readonly<Record<string, string>> | undefined

  constructor(
    code: ErrorCode,
    message: string,
    more: { fix?: string; detail?: string; fields?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'AppError'
    this.code = code
    this.fix = more.fix ?? ''
    this.detail = more.detail ?? ''
    this.fields = more.fields
  }

  /** By a mark, not by the class: Next bundles this file more than once into one process. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** Whether `error` is ours and carries this code. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is AppError {
  return error instanceof AppError && codes.includes(error.code)
}

/**
 * Whether nobody answers at the host for now. A key or a sign-in that is refused is an answer, and a host that gives one is not away.
 */
export const isAway = (error: unknown): error is AppError =>
  hasCode(
    error,
    'HOST_CONNECTING',
    'HOST_UNREACHABLE',
    'HOST_PORT_REFUSED',
    'HOST_TIMED_OUT',
    'HOST_CONNECTION_LOST',
  )

/** The part of any thrown value that may be shown; what is not ours becomes INTERNAL without its text. */
export function toPublicError(error: unknown): PublicError {
  if (error instanceof AppError) {
    const { code, message, fix, fields } = error
    return fields ? { code, message, fix, fields } : { code, message, fix }
  }
  return {
    code: 'INTERNAL',
    message: 'Understudy met an error that it did not expect.',
    fix: 'Look into the dashboard’s own log for the time of this message.',
  }
}

/** HTTP status of each code (RFC 9110). */
export const httpStatus = {
  INVALID_INPUT: 400,
  NOT_SIGNED_IN: 401,
  NOT_ALLOWED: 403,
  TOO_MANY_ATTEMPTS: 429,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 409,
  PAIR_BUSY: 409,
  CANCELLED: 409,
  GAVE_WAY: 409,
  HOST_NAME_UNRESOLVED: 422,
  HOST_CONNECTING: 503,
  HOST_UNREACHABLE: 502,
  HOST_PORT_REFUSED: 502,
  HOST_TIMED_OUT: 504,
  HOST_CONNECTION_LOST: 502,
  HOST_KEY_UNCONFIRMED: 409,
  HOST_KEY_CHANGED: 409,
  HOST_AUTH_FAILED: 422,
  HOST_SUDO_REFUSED: 422,
  HOST_COMMAND_FAILED: 502,
  HOST_COMMAND_TIMED_OUT: 504,
  HOST_DISK_FULL: 502,
  POSTGRES_DOWN: 502,
  POSTGRES_STARTING: 502,
  POSTGRES_AUTH_FAILED: 502,
  POSTGRES_QUERY_FAILED: 502,
  POSTGRES_TIMED_OUT: 504,
  WRONG_HOST: 409,
  STEP_FAILED: 500,
  STEP_TIMED_OUT: 504,
  PROFILE_INVALID: 422,
  SECRET_UNREADABLE: 500,
  STORE_UNAVAILABLE: 503,
  STORE_FULL: 507,
  TOOL_MISSING: 500,
  PORT_TAKEN: 500,
  ALREADY_RUNNING: 409,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, number>

/** Exit code of the command line for a failed command: 2 is usage, 1 everything else (`docs/interface`). */
export function exitCodeOf(code: ErrorCode): 1 | 2 {
  return code === 'INVALID_INPUT' ? 2 : 1
}
