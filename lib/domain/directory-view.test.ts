import { expect, test } from 'vitest'
import { viewDirectories } from '@/lib/domain/directory-view'
import type { DirectoryRun, MachineFacts, Observation } from '@/lib/domain/observation'

const now = '2026-11-23T12:00:00.000Z'
const setting = (schedule: string) => ({
  id: 'vault',
  title: 'vault',
  path: '/srv/vault',
  log: 'rsync_vault.log',
  schedule,
})
const run = (startedAt: string): DirectoryRun => ({
  startedAt,
  endedAt: startedAt,
  exitCode: 0,
  result: 'ok',
  files: 1,
  bytes: 1,
  deletions: 0,
  reason: '',
})

function observed(lastGoodAt: string | null, clockOffsetMs = 0): Observation {
  const good = lastGoodAt === null ? null : run(lastGoodAt)
  const machine: Pick<
    MachineFacts,
    'clockOffsetMs' | 'timeZone' | 'directories' | 'syncScheduled' | 'cronRunning'
  > = {
    clockOffsetMs,
    timeZone: 'UTC',
    syncScheduled: true,
    cronRunning: true,
    directories: [{ id: 'vault', lastRun: good, lastGoodRun: good, failuresSinceGood: 0, isRunning: false }],
  }
  const unseen = {
    seen: false,
    at: now,
    why: { code: 'HOST_UNREACHABLE', message: 'No answer.', fix: '' },
  } as const
  return {
    at: now,
    tookMs: 1,
    hosts: {
      primary: { machine: unseen, server: unseen },
      standby: { machine: { seen: true, at: now, value: machine as MachineFacts }, server: unseen },
    },
  }
}

test.each([
  ['* * * * *', 'every minute'],
  ['*/5 * * * *', 'every 5 minutes'],
  ['0 * * * *', 'every hour'],
  ['30 2 * * *', 'at 02:30'],
  ['not a schedule', 'not a schedule'],
])('%s reads as %s', (schedule, words) => {
  expect(viewDirectories([setting(schedule)], null)[0]?.scheduleWords).toBe(words)
})

test('a directory whose second turn was missed is stale, by the host’s own clock', () => {
  const staleAt = (lastGoodAt: string | null, clockOffsetMs = 0) =>
    viewDirectories([setting('* * * * *')], observed(lastGoodAt, clockOffsetMs))[0]?.isStale
  expect(staleAt('2026-11-23T11:59:30.000Z')).toBe(false)
  expect(staleAt('2026-11-23T11:30:00.000Z')).toBe(true)
  expect(staleAt('2026-11-23T12:59:30.000Z', 3_600_000)).toBe(false)
})

test('nothing is called stale that was never seen or never copied', () => {
  expect(viewDirectories([setting('* * * * *')], null)[0]?.isStale).toBe(false)
  expect(viewDirectories([setting('* * * * *')], observed(null))[0]?.isStale).toBe(false)
})

test('while the sync is paused no directory is late, and its schedule says that it is paused', () => {
  const [view] = viewDirectories([setting('* * * * *')], observed('2026-11-23T11:30:00.000Z'), true)
  expect(view).toMatchObject({ isStale: false, scheduleWords: 'every minute, paused' })
})

test('the next run is told by the dashboard’s clock; paused, or not seen, there is none', () => {
  const seen = observed('2026-11-23T11:59:00.000Z', 90_000)
  const nextOf = (observation: Observation | null, isPaused = false) =>
    viewDirectories([setting('*/5 * * * *')], observation, isPaused)[0]?.nextRunAt
  // It is 12:01:30 on the host.
  expect(nextOf(seen)).toBe('2026-11-23T12:03:30.000Z')
  expect(nextOf(seen, true)).toBeNull()
  expect(nextOf(null)).toBeNull()
})
