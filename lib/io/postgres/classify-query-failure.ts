import pg from 'pg'
import { AppError } from '@/lib/errors'

/** Classes and codes of PostgreSQL's Appendix A, Error Codes. */
const cannotConnectNow = '57P03'
const cancelled = '57014'
const shutDown: readonly string[] = ['57P01', '57P02', '57P05']
const authorizationClass = '28'
const connectionClass = '08'
const syntaxError = '42601'

/** The server's words, but for syntax errors: those quote the statement, and a statement may hold a password's verifier. */
const detailOf = (code: string, message: string): string =>
  code === syntaxError ? `SQLSTATE ${code}` : `SQLSTATE ${code}: ${message}`

/** Makes an AppError of what PostgreSQL answered, by its SQLSTATE alone; null when the error didn't come from the server. */
export function toQueryError(hostLabel: string, error: unknown): AppError | null {
  if (!(error instanceof pg.DatabaseError)) return null
  const code = error.code ?? 'XX000'
  const more = { detail: detailOf(code, error.message), cause: error }
  if (code === cannotConnectNow)
    return new AppError('POSTGRES_STARTING', `PostgreSQL on ${hostLabel} is starting up or shutting down.`, {
      ...more,
      fix: 'Wait until it accepts connections; its own log says what it does.',
    })
  if (code === cancelled) return queryTimedOut(hostLabel, more)
  if (code.startsWith(authorizationClass))
    return new AppError('POSTGRES_AUTH_FAILED', `PostgreSQL on ${hostLabel} refused the sign-in.`, {
      ...more,
      fix: 'Check the role, its password and pg_hba.conf on the host.',
    })
  if (shutDown.includes(code) || code.startsWith(connectionClass))
    return new AppError(
      'POSTGRES_DOWN',
      `PostgreSQL on ${hostLabel} ended the session: it is shutting down or crashed.`,
      {
        ...more,
        fix: 'Look into PostgreSQL’s log on the host.',
      },
    )
  return new AppError(
    'POSTGRES_QUERY_FAILED',
    `PostgreSQL on ${hostLabel} refused a statement (SQLSTATE ${code}).`,
    {
      ...more,
      fix: 'Look into PostgreSQL’s log on the host for the time of this message.',
    },
  )
}

export function queryTimedOut(hostLabel: string, more: { detail?: string; cause?: unknown } = {}): AppError {
  return new AppError('POSTGRES_TIMED_OUT', `PostgreSQL on ${hostLabel} did not answer in time.`, {
    ...more,
    fix: 'Look at the host’s load and disks, and for locks in pg_stat_activity.',
  })
}

/** The session ended without a word of PostgreSQL's own and the transport doesn't know why either. */
export function sessionLost(hostLabel: string, detail: string, cause?: unknown): AppError {
  return new AppError('POSTGRES_DOWN', `The session with PostgreSQL on ${hostLabel} broke off.`, {
    fix: 'Look whether PostgreSQL runs on the host, and into its log.',
    detail,
    cause,
  })
}

/** PostgreSQL asked for a password where none is meant to be needed. */
export function passwordAsked(hostLabel: string, user: string): AppError {
  return new AppError('POSTGRES_AUTH_FAILED', `PostgreSQL on ${hostLabel} asks ${user} for a password.`, {
    fix: `Allow peer authentication for it in pg_hba.conf: “local all ${user} peer”.`,
  })
}
