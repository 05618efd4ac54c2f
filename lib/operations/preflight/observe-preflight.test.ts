import { describe, expect, test } from 'vitest'
import type { FoundFacts } from '@/lib/operations/adopt/facts'
import { observePreflight } from '@/lib/operations/preflight/observe-preflight'
import { type FoundKind, foundFactsOf, standbyServer } from '@/test/harness/found-facts'
import { labWorlds } from '@/test/harness/lab-worlds'

const why = { code: 'HOST_UNREACHABLE', message: 'It does not answer.', fix: 'Look.' }
const unseen = { seen: false as const, why }
const seen = <T>(value: T) => ({ seen: true as const, value })
const { profile } = labWorlds.debian

const checksOf = (facts: FoundFacts) => observePreflight({ facts, profile })
const outcomeOf = (facts: FoundFacts, id: string) => checksOf(facts).find((check) => check.id === id)
const notPassed = (facts: FoundFacts) =>
  checksOf(facts).flatMap(({ id, outcome }) => (outcome === 'pass' ? [] : [`${id}: ${outcome}`]))

type Role = 'primary' | 'standby'
/** Of one host something else is told of how it replicates. */
function replicating(facts: FoundFacts, role: Role, over: object): FoundFacts {
  const asked = facts.replication[role]
  if (!asked.seen) throw new Error('the recorded answers are whole')
  return { ...facts, replication: { ...facts.replication, [role]: seen({ ...asked.value, ...over }) } }
}

describe('a pair that somebody else made can be observed', () => {
  test.each<[FoundKind, readonly string[]]>([
    ['pg-basebackup', []],
    ['by-hand', []],
    ['repmgr', ['made-by: warn']],
    ['patroni', ['made-by: warn']],
  ])('%s: what looking needs is there, and what fails over by itself is said', (kind, expected) => {
    expect(notPassed(foundFactsOf(kind))).toEqual(expected)
  })

  test('also while its stream is away, or not everything could be read: that is said', () => {
    const away = replicating(foundFactsOf('by-hand'), 'primary', { senders: [] })
    expect(notPassed(replicating(away, 'standby', { receiver: null }))).toEqual(['stream-found: warn'])
    const facts = foundFactsOf('by-hand')
    expect(notPassed({ ...facts, jobs: { ...facts.jobs, primary: unseen } })).toContain('jobs-read: warn')
  })
})

describe('it can’t be where', () => {
  test('a host does not let us in: only that is told of it', () => {
    const facts = foundFactsOf('by-hand', { standby: { machine: unseen } })
    expect(checksOf(facts).map(({ id }) => id)).toEqual([
      ...['primary-access', 'standby-access', 'primary-address', 'standby-address'],
    ])
    expect(outcomeOf(facts, 'standby-access')?.outcome).toBe('fail')
  })

  test('PostgreSQL can’t be asked as its owner', () => {
    const facts = foundFactsOf('by-hand', { primary: { asDatabaseOwner: unseen } })
    expect(notPassed(facts)).toEqual(['primary-owner: fail'])
  })

  test('a server is older than 12: it follows by recovery.conf', () => {
    const old = replicating(foundFactsOf('by-hand'), 'standby', { versionNum: 110022 })
    expect(outcomeOf(old, 'standby-version')).toMatchObject({
      outcome: 'fail',
      fix: expect.stringContaining('12 is the oldest'),
    })
  })

  test.each([
    [true, false, 'Name beta as the primary and alpha as the standby.'],
    [true, true, 'Find the primary that they follow, and name it.'],
    [false, false, 'Create the standby instead; what it holds is put aside then.'],
  ])('the roles are not as named: %s, %s', (primary, standby, fix) => {
    const facts = replicating(foundFactsOf('by-hand'), 'primary', { inRecovery: primary })
    expect(outcomeOf(replicating(facts, 'standby', { inRecovery: standby }), 'roles-found')).toMatchObject({
      outcome: 'fail',
      fix,
    })
  })

  test('the two hold different clusters', () => {
    const server = seen(standbyServer({ systemIdentifier: '7400000000000000002' }))
    expect(notPassed(foundFactsOf('by-hand', { standby: { server } }))).toEqual(['same-cluster: fail'])
  })

  test('the standby streams from somebody else', () => {
    const alone = replicating(foundFactsOf('by-hand'), 'primary', { senders: [] })
    const receiver = { status: 'streaming', host: '10.9.9.9', port: 5432, slot: null, conninfo: '' }
    expect(outcomeOf(replicating(alone, 'standby', { receiver }), 'stream-found')).toMatchObject({
      outcome: 'fail',
      evidence: 'beta streams from 10.9.9.9, and alpha knows nothing of it.',
    })
  })
})

test('what fails or warns says how to mend it', () => {
  const why = [
    foundFactsOf('patroni'),
    replicating(foundFactsOf('by-hand'), 'primary', { inRecovery: true }),
    foundFactsOf('by-hand', { standby: { machine: unseen } }),
  ]
  for (const { outcome, fix, id } of why.flatMap(checksOf))
    if (outcome !== 'pass' && outcome !== 'not-applicable') expect([id, fix]).not.toEqual([id, ''])
})
