import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { buildRights, hostRights } from '@/lib/commands/root-rights'
import type { RightsFacts } from '@/lib/facts/rights-facts'
import { rightsOutcome } from '@/lib/operations/preflight/rights-checks'
import {
  type RightsState,
  rightsState,
  rightsSubject,
  rightsWords,
} from '@/lib/operations/rights/rights-state'

const needed = hostRights(
  'ledger',
  { user: 'operator', databaseOwner: 'postgres' },
  buildRights('operator', ['x'], []),
)
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')
const installed = {
  programSum: sumOf(needed.program),
  rightsSum: sumOf(needed.rights),
  isChanged: false,
  login: 'operator',
}
const nothing = { programSum: null, rightsSum: null, isChanged: false, login: null }
const other = 'cd'.repeat(32)

const cases: readonly [string, RightsFacts, RightsState][] = [
  ['may do nothing', { isUnrestricted: false, isPermitted: false, ...nothing }, 'none'],
  ['may do everything', { isUnrestricted: true, isPermitted: false, ...nothing }, 'unrestricted'],
  ['may do what is written down', { isUnrestricted: false, isPermitted: true, ...installed }, 'exact'],
  [
    'may do more, and is held to what is written down',
    { isUnrestricted: true, isPermitted: true, ...installed },
    'exact',
  ],
  [
    'has no rights of this pair',
    { isUnrestricted: false, isPermitted: true, ...installed, rightsSum: null, login: null },
    'outdated',
  ],
  [
    'has the rights of yesterday',
    { isUnrestricted: true, isPermitted: true, ...installed, rightsSum: other },
    'outdated',
  ],
  [
    'has rights that somebody has changed',
    { isUnrestricted: false, isPermitted: true, ...installed, rightsSum: other, isChanged: true },
    'changed',
  ],
  [
    'has another program',
    { isUnrestricted: false, isPermitted: true, ...installed, programSum: other },
    'outdated',
  ],
  [
    'is let to the program, with rights that are another’s',
    { isUnrestricted: true, isPermitted: true, ...installed, rightsSum: other, login: 'ada' },
    'other-login',
  ],
  [
    'may do nothing, where another may',
    { isUnrestricted: false, isPermitted: false, ...installed, rightsSum: other, login: 'ada' },
    'other-login',
  ],
  ['is not let to the program', { isUnrestricted: false, isPermitted: false, ...installed }, 'none'],
]
test.each(cases)('a login that %s is told apart', (_, facts, state) => {
  expect(rightsState(facts, needed)).toBe(state)
})

const hosts = { host: { name: 'db1', user: 'operator' }, peer: { name: 'db2' } }
const subjectOf = (isPaired: boolean) =>
  rightsSubject({ ...hosts, pair: { slug: 'ledger', profileId: 'generic-debian', isPaired } })
const words = subjectOf(true)

test('the command that shows them names what a pair that is not made yet is made of', () => {
  expect(subjectOf(true).command).toBe('understudy hosts sudoers db1 --pair ledger')
  expect(subjectOf(false).command).toBe(
    'understudy hosts sudoers db1 --pair ledger --peer db2 --profile generic-debian',
  )
})
const states = ['exact', 'outdated', 'changed', 'other-login', 'unrestricted', 'none'] as const

test.each(states)('%s is said in a sentence, with its fix where there is one', (state) => {
  const { sentence, fix } = rightsWords(state, words)
  expect(sentence).toMatch(/^[A-Z][^\n]*\.$|^operator /)
  if (state === 'exact') expect(fix).toBe('')
  else expect(fix).toContain('understudy hosts sudoers db1 --pair ledger')
})

test('what is missing stops a create, and only warns before a promotion unless nothing is permitted', () => {
  const outcomes = (isUrgent: boolean) => states.map((state) => rightsOutcome(state, words, isUrgent).outcome)
  expect(outcomes(false)).toEqual(['pass', 'fail', 'fail', 'fail', 'pass', 'fail'])
  expect(outcomes(true)).toEqual(['pass', 'warn', 'warn', 'fail', 'pass', 'fail'])
})
