import { type Logger as PinoLogger, pino } from 'pino'
import { AppError } from '@/lib/errors'
import { toStoreError } from '@/lib/io/store/store-error'
import type { LogLevel } from '@/lib/runtime/environment'

export type Logger = PinoLogger

/** Keys whose values are never written, at the top and one level down. */
const secretKeys = [
  'password',
  'passwordHash',
  'passphrase',
  'privateKey',
  'secret',
  'token',
  'cookie',
  'authorization',
  'connectionString',
  'databaseUrl',
]
const redactedPaths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`])

/** What is written of an error: ours with code and detail; a database error without its statement and parameters. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  const known = toStoreError(error)
  if (known instanceof AppError) {
    const { code, message, detail, stack, cause } = known
    return { code, message, detail, stack, ...(cause !== undefined && { cause: describeCause(cause) }) }
  }
  if (known instanceof Error) return { name: known.name, message: known.message, stack: known.stack }
  return { message: String(known) }
}

function describeCause(cause: unknown): string {
  const known = toStoreError(cause)
  if (known instanceof AppError) return `${known.code}: ${known.message} ${known.detail}`
  return known instanceof Error ? `${known.name}: ${known.message}` : String(known)
}

export type LoggerOptions = {
  /** Which of our processes writes. */
  readonly process: string
  readonly level: LogLevel
  /** Standard output for a service; standard error for a command, whose output is for the operator. */
  readonly to: 'stdout' | 'stderr'
}

/** One JSON line an event. Give errors as `err`. */
export const createLogger = ({ process, level, to }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { process },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redactedPaths, censor: '…' },
      serializers: { err: describeError },
    },
    pino.destination({ dest: to === 'stdout' ? 1 : 2, sync: true }),
  )
