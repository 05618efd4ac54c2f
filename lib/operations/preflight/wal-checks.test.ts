import { describe, expect, test } from 'vitest'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import { restartCheck, slotCheck, walSpaceCheck } from '@/lib/operations/preflight/wal-checks'
import { hostFactsOf, serverFacts, withSettings } from '@/test/harness/operation-facts'

const alpha = (over: Parameters<typeof serverFacts>[0] = {}, values: Record<string, string> = {}) =>
  hostFactsOf('alpha', { server: { seen: true, value: withSettings(serverFacts(over), values) } })
const given = (slotWalSegments: number | null, agreeRestart = false) => ({
  slug: 'my-ledger',
  settings: { walKeepSegments: 32, slotWalSegments },
  agreeRestart,
})

describe('a replication slot', () => {
  test('is made only where it is wanted', () => {
    expect(slotCheck(alpha(), given(null)).outcome).toBe('not-applicable')
    expect(walNeeds(serverFacts(), '10.7.0.11', given(null).settings).reload).toEqual({
      wal_keep_size: '512MB',
    })
  })

  test('always comes with its limit', () => {
    expect(slotCheck(alpha(), given(64))).toMatchObject({
      outcome: 'pass',
      evidence: 'understudy_my_ledger may hold back 1.07 GB of WAL at most.',
    })
    expect(walNeeds(serverFacts(), '10.7.0.11', given(64).settings).reload).toEqual({
      wal_keep_size: '512MB',
      max_slot_wal_keep_size: '1024MB',
    })
  })

  test('is refused where the server can’t limit it', () => {
    const check = slotCheck(alpha({ versionNum: 120022, version: '12.22' }), given(64))
    expect(check.outcome).toBe('fail')
    expect(check.evidence).toContain('PostgreSQL 12.22 can’t limit what a slot holds back')
    expect(check.fix).toContain('from 13 on')
  })

  test.each([null, 64])('of that name that is there already is found, with %s wanted', (wanted) => {
    expect(slotCheck(alpha({ slots: ['understudy_my_ledger'] }), given(wanted))).toMatchObject({
      outcome: 'fail',
      fix: expect.stringContaining("pg_drop_replication_slot('understudy_my_ledger')"),
    })
  })

  test('whose limit changes what others have says so', () => {
    const check = slotCheck(alpha({ slots: ['barman'] }), given(64))
    expect(check).toMatchObject({ outcome: 'warn', evidence: expect.stringContaining('barman had none') })
    const same = slotCheck(alpha({ slots: ['barman'] }, { max_slot_wal_keep_size: '1024' }), given(64))
    expect(same.outcome).toBe('pass')
  })

  test('that may hold back less than is kept anyway is of no use', () => {
    expect(slotCheck(alpha(), given(8))).toMatchObject({
      outcome: 'warn',
      evidence: expect.stringContaining('less than the 32 segments'),
    })
  })

  test('without a free place for it needs a restart, and says why', () => {
    const full = alpha({ slots: ['a', 'b'] }, { max_replication_slots: '2' })
    expect(restartCheck(full, given(64))).toMatchObject({
      outcome: 'fail',
      evidence: expect.stringContaining('max_replication_slots is 2 and all of them are used'),
    })
    expect(restartCheck(full, given(null)).outcome).toBe('not-applicable')
  })

  test('counts with its limit against the free disk of the primary', () => {
    expect(walSpaceCheck(alpha(), given(1_000)).outcome).toBe('pass')
    const check = walSpaceCheck(alpha(), given(1_200))
    expect(check).toMatchObject({ outcome: 'fail', evidence: expect.stringContaining('at most') })
  })
})

describe('a primary that pg_rewind could not bring back', () => {
  const without = { data_checksums: 'off', wal_log_hints: 'off' }

  test('is told, with what it costs, and nothing is restarted without the agreement', () => {
    const check = restartCheck(alpha({}, without), given(null))
    expect(check.outcome).toBe('warn')
    expect(check.evidence).toContain('pg_rewind can’t work')
    expect(check.fix).toContain('whole new copy')
  })

  test('gets wal_log_hints with the agreed restart', () => {
    const check = restartCheck(alpha({}, without), given(null, true))
    expect(check).toMatchObject({ outcome: 'warn', evidence: expect.stringContaining('restarted once') })
  })

  test.each([
    { data_checksums: 'on', wal_log_hints: 'off' },
    { data_checksums: 'off', wal_log_hints: 'on' },
  ])('is not one with %o', (values) => {
    expect(restartCheck(alpha({}, values), given(null)).outcome).toBe('not-applicable')
  })
})
