import { expect, test } from 'vitest'
import { belongsInLog, toProblemResponse } from '@/app/_server/problem'
import { AppError } from '@/lib/errors'

test('an error becomes problem details with its code, what to do and its fields, without the detail', async () => {
  const response = toProblemResponse(
    new AppError('INVALID_INPUT', 'Something is missing.', {
      fix: 'Give it.',
      fields: { name: 'Give a name.' },
      detail: 'internal only',
    }),
  )
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    type: 'urn:understudy:error:INVALID_INPUT',
    title: 'Something is missing.',
    status: 400,
    code: 'INVALID_INPUT',
    message: 'Something is missing.',
    fix: 'Give it.',
    fields: { name: 'Give a name.' },
  })
})

test('an error that nobody expected tells nothing of itself, and belongs in the log', async () => {
  const error = new Error('password=hunter2')
  expect(await toProblemResponse(error).text()).not.toContain('hunter2')
  expect(belongsInLog(error)).toBe(true)
  expect(belongsInLog(new AppError('NOT_FOUND', 'There is no such pair.'))).toBe(false)
})

test('after too many attempts the answer says when to try again', () => {
  expect(toProblemResponse(new AppError('TOO_MANY_ATTEMPTS', 'Too many.')).headers.get('retry-after')).toBe(
    '60',
  )
})
