import { expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import { provedReturn } from '@/lib/domain/proved-return'
import { type Changes, observationOf, pair } from '@/test/harness/observations'

/** Promoted, on timeline 2; the host that is expected as standby by now has come back writable, on timeline 1. */
const returned: Changes = {
  primaryServer: { timeline: 2 },
  standbyServer: { inRecovery: false, timeline: 1, receiver: null, startedAt: '2026-11-25T14:00:00.000Z' },
}
const watched: Pair = {
  ...pair,
  formerPrimary: 'watched',
  settings: { ...pair.settings, fenceReturned: 'automatic' },
}
const nameOf = (changes: Changes = {}, of: Pair = watched) =>
  provedReturn(of, observationOf({ ...returned, ...changes }))

test('a former primary that is proved to be this pair’s has a name, the same for whoever sees it', () => {
  expect(nameOf()).toMatch(/^pair-1 2 1 /)
  expect(nameOf({ primaryServer: { timeline: 2, currentLsn: '0/9000000' } })).toBe(nameOf())
})

test('one that was started anew is another return', () => {
  const again = { standbyServer: { ...returned.standbyServer, startedAt: '2026-11-25T15:00:00.000Z' } }
  expect(nameOf(again)).not.toBe(nameOf())
})

test.each<[string, Changes]>([
  ['the promoted host is not seen', { primaryServer: { unseen: 'HOST_UNREACHABLE' } }],
  ['the returned one is not seen', { standbyServer: { unseen: 'HOST_UNREACHABLE' } }],
  ['the promoted host accepts no writes', { primaryServer: { timeline: 2, inRecovery: true } }],
  ['the returned one is read-only', { standbyServer: { inRecovery: true, timeline: 1 } }],
  ['it is another system', { standbyServer: { inRecovery: false, timeline: 1, systemIdentifier: '7' } }],
  ['both are on one timeline', { standbyServer: { inRecovery: false, timeline: 2 } }],
  ['the returned one is on a newer timeline', { standbyServer: { inRecovery: false, timeline: 3 } }],
])('where %s, nothing is fenced by itself', (_, changes) => {
  expect(nameOf(changes)).toBeNull()
})

test.each<[string, Partial<Pair>]>([
  ['is not set so', { settings: { ...pair.settings, fenceReturned: 'ask' } }],
  ['was never set', { settings: pair.settings }],
  ['is no pair', { isPaired: false }],
  ['has its former primary fenced already', { formerPrimary: 'fenced' }],
  ['was never promoted', { formerPrimary: 'none' }],
  ['has no database', { scope: { database: false, files: true } }],
])('a pair that %s waits for somebody', (_, over) => {
  expect(nameOf({}, { ...watched, ...over })).toBeNull()
})
