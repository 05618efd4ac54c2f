import { expect, test } from 'vitest'
import { describeSync, directoryStates } from '@/components/status/directory-state'
import type { DirectoryFacts, DirectoryRun, MachineFacts } from '@/lib/domain/observation'
import type { PairView } from '@/lib/domain/views'
import { anAdoption } from '@/test/harness/adoption'

const at = '2026-11-23T12:00:00.000Z'
const good: DirectoryRun = {
  startedAt: '2026-11-23T12:59:00.000Z',
  endedAt: '2026-11-23T12:59:02.000Z',
  exitCode: 0,
  result: 'ok',
  files: 3,
  bytes: 1200,
  deletions: 0,
  reason: '',
}
const verification = {
  at: '2026-11-23T03:00:00Z',
  result: 'ok',
  reason: '',
  files: 10,
  bytes: 100,
  pass: { startedAt: '2026-11-23T02:00:00Z', endedAt: '2026-11-23T03:00:00Z', files: 10, bytes: 100 },
  lastPass: null,
  changed: 0,
  suspects: 0,
  differs: 0,
  names: [],
}
const setting = { id: 'vault', title: 'vault', path: '/v', log: 'rsync_vault.log', schedule: '* * * * *' }

/** Only what the function reads; the standby's clock is an hour ahead. */
function view(facts: Partial<DirectoryFacts> | null, isStale = false, isScheduled = true): PairView {
  const known = { id: 'vault', lastRun: good, lastGoodRun: good, failuresSinceGood: 0, isRunning: false }
  const machine: Pick<MachineFacts, 'clockOffsetMs' | 'directories' | 'syncScheduled'> = {
    clockOffsetMs: 3_600_000,
    syncScheduled: isScheduled,
    directories: facts === null ? [] : [{ ...known, ...facts }],
  }
  const standby = { machine: { seen: true, at, value: machine } }
  return {
    pair: { settings: { walKeepSegments: 32, directories: [setting] } },
    hosts: { standby: { name: 'db-2' } },
    observation: { at, hosts: { standby } },
    directories: [{ id: 'vault', scheduleWords: 'every minute', isStale }],
  } as unknown as PairView
}
const stateOf = (given: PairView) => directoryStates(given)[0]

test('a directory that is well says so, with its last good run by the dashboard’s clock', () => {
  expect(stateOf(view({}))).toMatchObject({
    word: 'good',
    tone: 'ok',
    lastGoodAt: '2026-11-23T11:59:00.000Z',
    scheduleWords: 'every minute',
  })
})

test.each([
  [{ failuresSinceGood: 1, lastRun: { ...good, exitCode: 23 } }, false, 'failing', '1 run failed, exit 23'],
  [{ failuresSinceGood: 5, lastRun: { ...good, exitCode: 12 } }, true, 'failing', '5 runs failed, exit 12'],
  [{}, true, 'stale', 'no run in time'],
  [{ isRunning: true }, false, 'syncing', ''],
  [{ lastGoodRun: null, lastRun: null }, false, 'never synced', ''],
  [{ verification: { ...verification, differs: 2 } }, false, 'differs', '2 files'],
  [{ verification }, false, 'good', ''],
])('facts %j, stale %s: %s', (facts, isStale, word, detail) => {
  expect(stateOf(view(facts, isStale))).toMatchObject({ word, detail })
})

test('what is verified is told with its time by the dashboard’s clock', () => {
  expect(stateOf(view({ verification }))?.verified).toMatchObject({
    files: 10,
    since: '2026-11-23T01:00:00.000Z',
  })
  expect(stateOf(view({}))?.verified).toBeNull()
})

test('what is not seen is unknown, never good', () => {
  expect(stateOf(view(null))).toMatchObject({ word: 'unknown', tone: 'unknown' })
  const blind = { ...view({}), observation: null }
  expect(stateOf(blind)).toMatchObject({ word: 'unknown', tone: 'unknown', at: null })
})

test('cron is said to copy the directories only where it does: not after a promotion, not of a host that is not seen', () => {
  expect(describeSync(view({}))).toBe('1 pulled by cron on db-2')
  expect(describeSync(view({}, false, false))).toBe('1, nothing on db-2 copies them')
  expect(describeSync({ ...view({}), observation: null })).toBe('1, db-2 is not seen')
})

test('what somebody else’s jobs copy is told as not known, whatever the standby says of ours', () => {
  const found = view({})
  const observed = { ...found, pair: { ...found.pair, adoption: anAdoption() } }
  expect(stateOf(observed)).toMatchObject({ word: 'not known', tone: 'unknown', lastGoodAt: null })
  expect(describeSync(observed)).toBe('1 copied by jobs that are not Understudy’s')
  const taken = { ...found, pair: { ...found.pair, adoption: anAdoption({ taken: ['files'] }) } }
  expect(stateOf(taken)).toMatchObject({ word: 'good' })
})
