import { expect, test } from 'vitest'
import {
  formatOffset,
  type HostFact,
  looksLike,
  primaryFacts,
  standbyFacts,
} from '@/components/status/host-facts'
import type { Host } from '@/lib/domain/host'
import type { HostObservation } from '@/lib/domain/observation'
import { pair } from '@/test/harness/observations'

const at = '2026-11-23T12:00:00.000Z'
const unseen = (code: string) => ({ seen: false, at, why: { code, message: 'No answer.', fix: '' } })
const host = (server: object, machine: object = unseen('HOST_UNREACHABLE')) =>
  ({ server, machine }) as unknown as HostObservation

test('a clock’s difference is never said more exactly than it was measured', () => {
  expect(formatOffset(1, 4)).toBe('in step, ±4 ms')
  expect(formatOffset(12, 2)).toBe('+12 ms, ±2 ms')
  expect(formatOffset(-3_600_000, 2.4)).toBe('−3600 s, ±3 ms')
})

test('a host that is not seen looks like nothing; a stopped server is told from one that is not reached', () => {
  expect(looksLike(undefined, true)).toBe(null)
  expect(looksLike(host(unseen('HOST_UNREACHABLE')), true)).toBe(null)
  expect(looksLike(host(unseen('POSTGRES_DOWN')), true)).toBe('PostgreSQL is stopped')
  expect(looksLike(host({ seen: true, at, value: { inRecovery: true } }), true)).toBe('Standby')
})

test('without a database a host looks like what it says itself', () => {
  const saying = (fileRole: string | null) =>
    host(unseen('PRECONDITION_FAILED'), { seen: true, at, value: { fileRole } })
  expect(looksLike(saying('standby'), false)).toBe('Standby')
  expect(looksLike(saying('former'), false)).toBe('Former primary')
  expect(looksLike(saying(null), false)).toBe(null)
})

const factsOf = (primary: HostObservation, standbyAddress = '10.0.0.2') =>
  new Map(
    primaryFacts(
      {
        pair,
        hosts: { primary: { address: '10.0.0.1' } as Host, standby: { address: standbyAddress } as Host },
        observation: { at, tookMs: 1, hosts: { primary, standby: host(unseen('HOST_UNREACHABLE')) } },
      },
      1_240_000,
    ).map((fact) => [fact.label, fact]),
  )

test('what was not seen stands as not known, never as an empty value', () => {
  expect([...factsOf(host(unseen('HOST_UNREACHABLE'))).values()].every((fact) => fact.value === null)).toBe(
    true,
  )
})

test('the primary says what the seed’s status says of it', () => {
  const value = {
    version: '15.18',
    inRecovery: false,
    timeline: 3,
    currentLsn: '5A/1C0280D8',
    walSegmentsInUse: 5,
    walSegmentsConfigured: 32,
    slots: [{ name: 'understudy_it', active: false, walStatus: 'lost' }],
    senders: [{ clientAddress: '10.0.0.2', state: 'streaming' }],
  }
  const facts = factsOf(host({ seen: true, at, value }))
  expect(facts.get('Standby set to')?.value).toBe('10.0.0.2/32')
  expect(facts.get('Streaming')?.value).toBe('streaming')
  expect(facts.get('WAL segments')?.value).toBe('5 in use, 32 configured')
  expect(facts.get('WAL written')?.value).toBe('1.24 MB/s')
  expect(facts.get('Slot')).toMatchObject({ value: 'understudy_it not in use, lost', isOdd: true })
  const other = factsOf(host({ seen: true, at, value }), '10.0.0.9')
  expect(other.get('Streaming')).toMatchObject({ value: 'not streaming', isOdd: true })
})

test('what is asked only now and then has its own age; the schedule only where it stands in a user’s crontab', () => {
  const inventoryAt = '2026-11-23T11:59:42.000Z'
  const value = { inventoryAt, applicationActive: true, dataDiskFreeBytes: 5e9, dataDiskTotalBytes: 1e10 }
  const seen = host(unseen('POSTGRES_DOWN'), { seen: true, at, value: { ...value, syncScheduled: true } })
  const agesOf = (facts: readonly HostFact[]) =>
    Object.fromEntries(facts.map((fact) => [fact.label, fact.at]))
  const files = { ...pair, scope: { database: false, files: true } }
  const standbyWith = (privilege: string) => agesOf(standbyFacts({ privilege } as Host, seen, null, files))
  const slow = { Application: inventoryAt, 'Disk free': inventoryAt, Clock: inventoryAt }
  expect(standbyWith('sudo')).toEqual({ ...slow, rsync: at })
  expect(standbyWith('unprivileged')).toEqual({ ...slow, rsync: inventoryAt })
  const observation = { at, tookMs: 1, hosts: { primary: seen, standby: seen } }
  const primaryWith = (privilege: string) => {
    const standby = { address: '10.0.0.2', privilege } as Host
    return agesOf(primaryFacts({ pair: files, hosts: { primary: standby, standby }, observation }, null))
  }
  expect(primaryWith('root')).toEqual({ ...slow, 'Vault sync': at })
  expect(primaryWith('unprivileged')).toEqual({ ...slow, 'Vault sync': inventoryAt })
})
