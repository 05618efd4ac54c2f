import { DrizzleQueryError } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { describeError } from '@/lib/runtime/logger'

test('an error of ours is written with its code and detail', () => {
  const error = new AppError('HOST_TIMED_OUT', 'It did not answer.', {
    detail: 'after 4 s',
    cause: new AppError('HOST_UNREACHABLE', 'No route.'),
  })
  expect(describeError(error)).toMatchObject({
    code: 'HOST_TIMED_OUT',
    message: 'It did not answer.',
    detail: 'after 4 s',
    cause: 'HOST_UNREACHABLE: No route. ',
  })
})

test('the parameters of a failed statement are not written, wherever the error stands', () => {
  const failed = new DrizzleQueryError('select $1', ['HUSH'], new Error('connection ended'))
  expect(JSON.stringify(describeError(failed))).not.toContain('HUSH')
  const wrapped = new AppError('CONFLICT', 'No.', { cause: failed })
  expect(JSON.stringify(describeError(wrapped))).not.toContain('HUSH')
})

test('a mistake in the code is written with its stack, and what is no error as text', () => {
  expect(describeError(new TypeError('x is not a function'))).toMatchObject({
    name: 'TypeError',
    message: 'x is not a function',
    stack: expect.stringContaining('logger.test'),
  })
  expect(describeError('a string')).toEqual({ message: 'a string' })
})
