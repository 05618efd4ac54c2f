import { expect, test } from 'vitest'
import { AppError, toPublicError } from '@/lib/errors'

test('an error that is not ours never leaks its text', () => {
  expect(JSON.stringify(toPublicError(new Error('password=hunter2')))).not.toContain('hunter2')
})

test('an error of ours shows its sentence and its fix, and keeps its detail', () => {
  const shown = toPublicError(
    new AppError('NOT_FOUND', 'No such pair.', { fix: 'Look at the list.', detail: 'id 7' }),
  )
  expect(shown).toEqual({ code: 'NOT_FOUND', message: 'No such pair.', fix: 'Look at the list.' })
})
