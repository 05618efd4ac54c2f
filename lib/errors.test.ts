import { expect, test, vi } from 'vitest'
import { AppError, hasCode, toPublicError } from '@/lib/errors'

test('an error that is not ours never leaks its text', () => {
  expect(JSON.stringify(toPublicError(new Error('password=hunter2')))).not.toContain('hunter2')
})

test('an error of ours shows its sentence and its fix, and keeps its detail', () => {
  const shown = toPublicError(
    new AppError('NOT_FOUND', 'No such pair.', { fix: 'Look at the list.', detail: 'id 7' }),
  )
  expect(shown).toEqual({ code: 'NOT_FOUND', message: 'No such pair.', fix: 'Look at the list.' })
})

test('an error of another copy of this module is known, whatever else is not', async () => {
  vi.resetModules()
  const copy = await import('@/lib/errors')
  expect(copy.AppError).not.toBe(AppError)
  const error = new copy.AppError('NOT_FOUND', 'There is no such pair.', { fix: 'Choose one.' })
  expect(error instanceof AppError).toBe(true)
  expect(hasCode(error, 'NOT_FOUND')).toBe(true)
  expect(toPublicError(error)).toEqual({
    code: 'NOT_FOUND',
    message: 'There is no such pair.',
    fix: 'Choose one.',
  })
  for (const other of [new Error('no'), null, undefined, 'NOT_FOUND', { code: 'NOT_FOUND' }])
    expect(other instanceof AppError).toBe(false)
})
