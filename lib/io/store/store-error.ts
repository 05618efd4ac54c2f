import pg from 'pg'
import { AppError } from '@/lib/errors'

/** The driver's own error under drizzle's wrapper (whose message carries the parameters: never pass it on). */
function driverError(error: unknown): unknown {
  let current = error
  while (current instanceof Error && !(current instanceof pg.DatabaseError) && current.cause !== undefined)
    current = current.cause
  return current
}

/**
 * The name of the constraint that a statement violated, null for any other error.
 * SQLSTATE 23505 unique_violation, 23503 foreign_key_violation, 23001 restrict_violation (what 18 says where older ones said
 * 23503), 23P01 exclusion_violation (PostgreSQL, appendix A).
 */
export function violatedConstraint(error: unknown): string | null {
  const found = driverError(error)
  if (
    !(found instanceof pg.DatabaseError) ||
    !['23505', '23503', '23001', '23P01'].includes(found.code ?? '')
  )
    return null
  return found.constraint ?? null
}

/** Whether a statement waited longer for a lock than its session allows: SQLSTATE 55P03 lock_not_available. */
export function waitedTooLongForLock(error: unknown): boolean {
  const found = driverError(error)
  return found instanceof pg.DatabaseError && found.code === '55P03'
}

const unavailable = (detail: string, cause: unknown) =>
  new AppError('STORE_UNAVAILABLE', 'Understudy’s own database does not answer.', {
    fix: 'Look whether its PostgreSQL runs and is reachable; Understudy goes on by itself once it answers.',
    detail,
    cause,
  })

const full = (detail: string, cause?: unknown) =>
  new AppError('STORE_FULL', 'The disk of Understudy’s own database is full.', {
    fix: 'Free space on the file system of its data directory, then try again.',
    detail,
    cause,
  })

/** SQLSTATE classes that say "the server is not usable now", not "the statement is wrong". */
const unavailableClasses = ['08', '28', '3D', '53', '57', '58']

function ofSqlState(error: pg.DatabaseError): AppError {
  const state = error.code ?? ''
  const detail = `SQLSTATE ${state}${error.constraint ? `, constraint ${error.constraint}` : ''}: ${error.message}`
  if (state === '53100') return full(detail, error)
  if (unavailableClasses.includes(state.slice(0, 2))) return unavailable(detail, error)
  return new AppError('INTERNAL', 'Understudy’s own database refused a statement.', {
    fix: 'Look into the dashboard’s own log for the time of this message.',
    detail,
    cause: error,
  })
}

/**
 * Any thrown value as AppError: by SQLSTATE, by errno of the socket, or, for errors that the driver makes itself
 * (a connection that ended), by coming from the driver. Our own errors pass unchanged; mistakes in our code
 * (TypeError …) too.
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const found = driverError(error)
  if (found instanceof AppError) return found
  if (found instanceof pg.DatabaseError) return ofSqlState(found)
  if (found instanceof AggregateError && found.errors.length > 0) return toStoreError(found.errors[0])
  if (!(found instanceof Error)) return error
  if ('code' in found && typeof found.code === 'string') {
    if (found.code === 'ENOSPC') return full(found.message, found)
    if (found.code.startsWith('E')) return unavailable(found.code, found)
  }
  return found.constructor === Error ? unavailable(found.message, found) : found
}

/** The same object, whose methods throw only AppError where the database is to blame. */
export function classified<T extends object>(repository: T): T {
  return new Proxy(repository, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver)
      if (typeof member !== 'function') return member
      return async (...args: readonly unknown[]) => {
        try {
          return await Reflect.apply(member, target, args)
        } catch (error) {
          throw toStoreError(error)
        }
      }
    },
  })
}
