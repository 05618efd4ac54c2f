import { DrizzleQueryError } from 'drizzle-orm'
import pg from 'pg'
import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import {
  classified,
  toStoreError,
  violatedConstraint,
  waitedTooLongForLock,
} from '@/lib/io/store/store-error'

function sqlError(code: string, constraint?: string): Error {
  const error = new pg.DatabaseError('worte in einer anderen Sprache', 10, 'error')
  Object.assign(error, { code, constraint })
  return new DrizzleQueryError('insert …', ['SECRET'], error)
}

const withErrno = (code: string) => Object.assign(new Error(code), { code })

test.for([
  ['53100', 'STORE_FULL'],
  ['53300', 'STORE_UNAVAILABLE'],
  ['57P01', 'STORE_UNAVAILABLE'],
  ['57P03', 'STORE_UNAVAILABLE'],
  ['08006', 'STORE_UNAVAILABLE'],
  ['28P01', 'STORE_UNAVAILABLE'],
  ['3D000', 'STORE_UNAVAILABLE'],
  ['58030', 'STORE_UNAVAILABLE'],
  ['42P01', 'INTERNAL'],
  ['22P02', 'INTERNAL'],
])('SQLSTATE %s is %s, whatever the language of its text', ([state, code]) => {
  expect(toStoreError(sqlError(state ?? ''))).toMatchObject({ code })
})

test.for(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ETIMEDOUT', 'EPIPE', 'EACCES', 'ENOTFOUND'])(
  'a socket that fails with %s is STORE_UNAVAILABLE',
  (errno) => {
    expect(toStoreError(withErrno(errno))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(toStoreError(new AggregateError([withErrno(errno)]))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  },
)

test('a connection that the driver says has ended is STORE_UNAVAILABLE', () => {
  const ended = new DrizzleQueryError('select …', [], new Error('terminated'))
  expect(toStoreError(ended)).toMatchObject({ code: 'STORE_UNAVAILABLE' })
})

test('a full disk of our own is STORE_FULL', () => {
  expect(toStoreError(withErrno('ENOSPC'))).toMatchObject({ code: 'STORE_FULL' })
})

test('parameters of a failed statement are in no text that comes out', () => {
  const error = toStoreError(sqlError('42P01'))
  if (!(error instanceof AppError)) throw new Error('not classified')
  expect(`${error.message} ${error.detail} ${error.fix}`).not.toContain('SECRET')
})

test('our own errors and mistakes in our code pass unchanged', () => {
  const ours = new AppError('CONFLICT', 'No.')
  expect(toStoreError(ours)).toBe(ours)
  const mistake = new TypeError('x is not a function')
  expect(toStoreError(mistake)).toBe(mistake)
})

test('a violated constraint is known by its name, other errors have none', () => {
  expect(violatedConstraint(sqlError('23505', 'hosts_name_key'))).toBe('hosts_name_key')
  expect(violatedConstraint(sqlError('23503', 'a_fk'))).toBe('a_fk')
  expect(violatedConstraint(sqlError('23001', 'a_fk'))).toBe('a_fk')
  expect(violatedConstraint(sqlError('42P01', 'hosts_name_key'))).toBeNull()
  expect(violatedConstraint(new Error('duplicate key'))).toBeNull()
})

test('a wait for a lock that was too long is known by its state, not by its text', () => {
  expect(waitedTooLongForLock(sqlError('55P03'))).toBe(true)
  expect(waitedTooLongForLock(sqlError('57014'))).toBe(false)
  expect(waitedTooLongForLock(new Error('canceling statement due to lock timeout'))).toBe(false)
})

test('a classified object keeps its values, and only what it throws is changed', async () => {
  const wrapped = classified({
    size: 3,
    fine: async (value: number) => value + 1,
    broken: async () => {
      throw sqlError('53100')
    },
  })
  expect(wrapped.size).toBe(3)
  expect(await wrapped.fine(1)).toBe(2)
  await expect(wrapped.broken()).rejects.toMatchObject({ code: 'STORE_FULL' })
})
