import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  breakLockWords,
  type HostLock,
  holderSentence,
  hostLockText,
  isAtWork,
  lifeSentence,
  parseHostLock,
} from '@/lib/domain/host-lock'
import { anyText } from '@/test/harness/hostile-text'

const lock: HostLock = {
  operationId: '1a2b3c4d-0000-4000-8000-000000000000',
  what: 'create of pair ledger',
  by: 'ada',
  reason: 'A second site.',
  since: '2026-11-23T05:00:00.000Z',
  dashboardId: '9f9f9f9f-0000-4000-8000-000000000000',
  from: 'desk (10.0.0.9)',
}

describe('a lock on a host', () => {
  test('is read as it was written', () => {
    expect(parseHostLock(hostLockText(lock))).toEqual(lock)
  })

  test('can be read by a person: one fact a line', () => {
    expect(hostLockText(lock)).toBe(`what: create of pair ledger
by: ada
reason: A second site.
since: 2026-11-23T05:00:00.000Z
operation: 1a2b3c4d-0000-4000-8000-000000000000
dashboard: 9f9f9f9f-0000-4000-8000-000000000000
from: desk (10.0.0.9)
`)
  })

  test('keeps its lines whatever an operator gave as reason and name', () => {
    fc.assert(
      fc.property(anyText, fc.string(), (reason, by) => {
        const read = parseHostLock(hostLockText({ ...lock, reason, by }))
        expect(read).toMatchObject({ operationId: lock.operationId, from: lock.from })
        expect(read?.reason).toBe(reason.replace(/\s+/g, ' ').trim())
      }),
    )
  })

  test('that lacks a line is nobody’s, and says so', () => {
    expect(parseHostLock('')).toBeNull()
    expect(parseHostLock(hostLockText(lock).replace(/^from:.*\n/m, ''))).toBeNull()
    expect(holderSentence('b', null)).toBe('b carries a lock that can’t be read.')
  })

  test('names who, what, when, from where and why', () => {
    expect(holderSentence('b', lock)).toBe(
      'b is held by the create of pair ledger, started by ada at 2026-11-23T05:00:00.000Z from desk (10.0.0.9): A second site.',
    )
    expect(holderSentence('b', { ...lock, reason: '' })).toMatch(/from desk \(10\.0\.0\.9\)\.$/)
  })

  test('is broken by words that name the host', () => {
    expect(breakLockWords('ledger-b')).toBe('break the lock of ledger-b')
  })

  test('is at work for a minute from its last sign of life, and one in the future holds it no longer', () => {
    expect([-3600, -6, -5, 0, 59, 60].map(isAtWork)).toEqual([false, false, true, true, true, false])
    expect(lifeSentence(12)).toBe('Its dashboard worked on it 12 s ago.')
    expect(lifeSentence(-2)).toBe('Its dashboard worked on it 0 s ago.')
    expect(lifeSentence(7_260)).toBe('Its dashboard worked on it 2 h 01 min ago.')
    expect(lifeSentence(-3600)).toContain('the clock of the host was set back')
  })
})
