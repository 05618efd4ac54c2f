import { expect, test } from 'vitest'
import { isStaleLook, staleFrom, staleLookWords } from '@/lib/domain/stale-look'

const at = '2026-11-25T14:00:00.000Z'
const after = (seconds: number) => new Date(Date.parse(at) + seconds * 1000)

test('a look says something for ten seconds, and nothing from then on', () => {
  expect(isStaleLook(at, after(0))).toBe(false)
  expect(isStaleLook(at, after(10))).toBe(false)
  expect(isStaleLook(at, after(10.001))).toBe(true)
  expect(staleFrom(at)).toBe(after(10).toISOString())
})

test('a look of a clock that runs ahead is not old', () => {
  expect(isStaleLook(at, after(-3600))).toBe(false)
})

test('an old look is told with its age and whose trouble it is', () => {
  const { message, fix } = staleLookWords(at, after(3 * 3600))
  expect(message).toContain('for 3 h')
  expect(message).toContain('worker')
  expect(fix).toContain('start it')
  const why = { message: 'There is no profile “x”.', fix: 'Put it back.' }
  expect(staleLookWords(at, after(60), why)).toEqual({
    message: 'Nobody has looked at the hosts for 1 min: There is no profile “x”.',
    fix: 'Put it back.',
  })
})
