import { expect, test } from 'vitest'
import { isTurnedRound, rolesToBe } from '@/lib/domain/turned-round'
import type { RoleSeen } from '@/lib/domain/verdict'

const all: readonly RoleSeen[] = ['primary', 'standby', 'stopped', 'unknown']
const seen = (primary: RoleSeen, standby: RoleSeen) => ({ rolesSeen: { primary, standby } })
const none = { formerPrimary: 'none' } as const

test('the hosts are the other way round only where the standby serves and the primary is seen not to', () => {
  const turned = all.flatMap((primary) =>
    all.filter((standby) => isTurnedRound(seen(primary, standby), none)).map((standby) => [primary, standby]),
  )
  expect(turned).toEqual([
    ['standby', 'primary'],
    ['stopped', 'primary'],
  ])
})

test.each(['watched', 'fenced'] as const)(
  'a former primary that is %s and serves is one that came back',
  (formerPrimary) => {
    expect(isTurnedRound(seen('stopped', 'primary'), { formerPrimary })).toBe(false)
  },
)

test('a re-pair takes them as they are found, and as they are recorded where nobody has looked', () => {
  const recorded = { primary: 'alpha', standby: 'beta' }
  expect(rolesToBe(recorded, seen('stopped', 'primary'), none)).toEqual({ primary: 'beta', standby: 'alpha' })
  expect(rolesToBe(recorded, seen('primary', 'standby'), none)).toEqual(recorded)
  expect(rolesToBe(recorded, null, none)).toEqual(recorded)
})
