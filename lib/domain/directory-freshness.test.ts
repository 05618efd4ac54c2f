import { expect, test } from 'vitest'
import { directoryAgeSeconds, isStale, staleAtMs } from '@/lib/domain/directory-freshness'
import type { DirectoryFacts } from '@/lib/domain/observation'

const at = (instant: string) => Date.parse(instant)

test.each([
  ['* * * * *', '2026-11-25T14:07:01Z', 'UTC', '2026-11-25T14:10:00Z'],
  ['*/5 * * * *', '2026-11-25T14:05:01Z', 'UTC', '2026-11-25T14:16:00Z'],
  ['0 3 * * *', '2026-11-25T03:00:01Z', 'UTC', '2026-11-27T03:01:00Z'],
  ['0 3 * * *', '2026-11-25T02:00:01Z', 'Europe/Berlin', '2026-11-27T02:01:00Z'],
  // The clocks go back on the second night: three in the morning comes an hour later.
  ['0 3 * * *', '2026-10-24T01:00:01Z', 'Europe/Berlin', '2026-10-26T02:01:00Z'],
])('with %s a copy of %s in %s is stale from %s on', (schedule, startedAt, timeZone, staleAt) => {
  expect(new Date(staleAtMs(schedule, startedAt, timeZone)).toISOString()).toBe(
    new Date(staleAt).toISOString(),
  )
})

const good = {
  startedAt: '2026-11-25T14:07:01.000Z',
  endedAt: '2026-11-25T14:07:02.000Z',
  exitCode: 0,
  result: 'ok',
  files: 1,
  bytes: 1,
  deletions: 0,
  reason: '',
}
const facts: DirectoryFacts = {
  id: 'vault',
  lastRun: good,
  lastGoodRun: good,
  failuresSinceGood: 0,
  isRunning: false,
}

test('a directory is judged by its own host’s clock', () => {
  const setting = {
    id: 'vault',
    title: 'Vault',
    path: '/srv/vault',
    log: 'rsync_vault.log',
    schedule: '* * * * *',
  }
  expect(isStale(setting, facts, { nowMs: at('2026-11-25T14:09:59Z'), timeZone: 'UTC' })).toBe(false)
  expect(isStale(setting, facts, { nowMs: at('2026-11-25T14:10:01Z'), timeZone: 'UTC' })).toBe(true)
})

test('an age is counted on our clock, whatever the host’s says', () => {
  const now = at('2026-11-25T13:07:31Z')
  expect(directoryAgeSeconds(facts, now, 3_600_000)).toBe(30)
  expect(directoryAgeSeconds({ ...facts, lastGoodRun: null }, now, 0)).toBeNull()
  expect(directoryAgeSeconds(null, now, 0)).toBeNull()
})
