import { expect, test } from 'vitest'
import {
  blockers,
  isBlocking,
  isBlockingDespite,
  overrideSentences,
  overridesOf,
  type PreflightCheck,
  withOverrides,
} from '@/lib/domain/preflight'

const check = (id: string, over: Partial<PreflightCheck> = {}): PreflightCheck => ({
  id,
  title: id,
  host: 'standby',
  outcome: 'fail',
  evidence: `${id} was seen`,
  fix: 'Mend it.',
  canOverride: true,
  ...over,
})
const room = check('disk-space')
const wal = check('wal-space', { canOverride: false })
const because = (checkId: string, reason = 'It is known.') => ({ checkId, reason })

test('a failed check blocks until somebody overrides it with a reason', () => {
  expect(isBlocking([room])).toBe(true)
  const overridden = withOverrides([room], [because('disk-space')], 'ann')
  expect(overridden).toEqual([{ ...room, overridden: { by: 'ann', reason: 'It is known.' } }])
  expect(isBlocking(overridden)).toBe(false)
})

test.each([
  ['a dangerous check', [wal], because('wal-space')],
  ['a check without a reason', [room], because('disk-space', '  ')],
  ['another check than the one named', [room], because('clocks')],
])('%s is not overridden', (_, checks, override) => {
  expect(withOverrides(checks, [override], 'ann')).toEqual(checks)
  expect(blockers(withOverrides(checks, [override], 'ann'))).toEqual(checks)
})

test.each(['pass', 'warn', 'not-applicable'] as const)(
  'a check that came out as %s stays as it is',
  (outcome) => {
    const fine = check('disk-space', { outcome })
    expect(withOverrides([fine], [because('disk-space')], 'ann')).toEqual([fine])
    expect(isBlocking([fine])).toBe(false)
  },
)

test('what is written beside a check overrides it; an empty reason, and one beside a dangerous check, does not', () => {
  const reasons = { 'disk-space': ' It is known. ', 'wal-space': 'No matter.', clocks: 'x' }
  expect(overridesOf([room, wal], reasons)).toEqual([because('disk-space')])
  expect(isBlockingDespite([room], reasons)).toBe(false)
  expect(isBlockingDespite([room], { 'disk-space': ' ' })).toBe(true)
  expect(isBlockingDespite([room, wal], reasons)).toBe(true)
})

test('each override is a sentence with who, what and why', () => {
  const checks = withOverrides([room, wal], [because('disk-space'), because('wal-space')], 'ann')
  expect(overrideSentences(checks)).toEqual(['ann overrode disk-space (disk-space was seen): It is known.'])
})
