import pg from 'pg'
import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '@/lib/errors'
import {
  passwordAsked,
  queryTimedOut,
  sessionLost,
  toQueryError,
} from '@/lib/io/postgres/classify-query-failure'

/** An error as the driver makes it of what the server said. */
function said(code: string | undefined, message: string): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, 'error')
  error.code = code
  return error
}

/** SQLSTATE (PostgreSQL documentation, Appendix A) and what it means to an operator. */
const table: readonly (readonly [string, ErrorCode, string])[] = [
  ['57P03', 'POSTGRES_STARTING', 'cannot_connect_now'],
  ['57014', 'POSTGRES_TIMED_OUT', 'query_canceled'],
  ['57P01', 'POSTGRES_DOWN', 'admin_shutdown'],
  ['57P02', 'POSTGRES_DOWN', 'crash_shutdown'],
  ['57P05', 'POSTGRES_DOWN', 'idle_session_timeout'],
  ['08006', 'POSTGRES_DOWN', 'connection_failure'],
  ['08P01', 'POSTGRES_DOWN', 'protocol_violation'],
  ['28P01', 'POSTGRES_AUTH_FAILED', 'invalid_password'],
  ['28000', 'POSTGRES_AUTH_FAILED', 'invalid_authorization_specification'],
  ['42P01', 'POSTGRES_QUERY_FAILED', 'undefined_table'],
  ['42501', 'POSTGRES_QUERY_FAILED', 'insufficient_privilege'],
  ['25006', 'POSTGRES_QUERY_FAILED', 'read_only_sql_transaction'],
  ['53300', 'POSTGRES_QUERY_FAILED', 'too_many_connections'],
  ['57P04', 'POSTGRES_QUERY_FAILED', 'database_dropped'],
]

describe('what PostgreSQL answers', () => {
  test.each(table)('with SQLSTATE %s is %s (%s)', (code, wanted, name) => {
    const error = toQueryError('db1 (10.0.0.1)', said(code, name))
    expect(error).toMatchObject({ code: wanted, detail: `SQLSTATE ${code}: ${name}` })
    expect(error?.message).toMatch(/^PostgreSQL on db1 \(10\.0\.0\.1\) .*\.$/)
    expect(error?.fix).toMatch(/\.$/)
  })

  test('is never classified by its words, which a server may say in any language', () => {
    const words = 'FATAL: password authentication failed; the database system is starting up'
    expect(toQueryError('db1', said('42P01', words))?.code).toBe('POSTGRES_QUERY_FAILED')
    expect(toQueryError('db1', said('28P01', 'heslo nesouhlasí'))?.code).toBe('POSTGRES_AUTH_FAILED')
  })

  test('without a code is a refused statement', () => {
    expect(toQueryError('db1', said(undefined, 'odd'))).toMatchObject({
      code: 'POSTGRES_QUERY_FAILED',
      message: 'PostgreSQL on db1 refused a statement (SQLSTATE XX000).',
    })
  })

  test('about the syntax is kept without its words: they quote the statement, which may hold a verifier', () => {
    const error = toQueryError('db1', said('42601', `syntax error at or near "SCRAM-SHA-256$4096:secret"`))
    expect(error?.detail).toBe('SQLSTATE 42601')
  })

  test('stays known as the cause, for the log', () => {
    const cause = said('42P01', 'undefined_table')
    expect(toQueryError('db1', cause)?.cause).toBe(cause)
  })
})

test('what did not come from the server is not its answer', () => {
  for (const error of [new Error('57P03'), Object.assign(new Error('x'), { code: '57P03' }), null, 'text'])
    expect(toQueryError('db1', error)).toBeNull()
})

test('a session that ends without a word, is too slow or asks for a password has its own sentence and fix', () => {
  for (const error of [
    queryTimedOut('db1'),
    sessionLost('db1', 'socket hang up'),
    passwordAsked('db1', 'postgres'),
  ]) {
    expect(error.message).toContain('db1')
    expect(error.fix).toMatch(/\.$/)
  }
  expect(passwordAsked('db1', 'postgres').fix).toContain('local all postgres peer')
  expect(sessionLost('db1', 'socket hang up')).toMatchObject({
    code: 'POSTGRES_DOWN',
    detail: 'socket hang up',
  })
})
