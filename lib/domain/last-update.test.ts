import { expect, test } from 'vitest'
import { hostLines } from '@/cli/host-status-text'
import { standbyUpdatedAt } from '@/components/status/last-updated'
import { decideVerdict } from '@/lib/domain/decide-verdict'
import { nothingWitnessed } from '@/lib/domain/fork-witness'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Host } from '@/lib/domain/host'
import { type LastUpdate, lastCommitOf, rememberUpdate } from '@/lib/domain/last-update'
import type { ServerFacts } from '@/lib/domain/observation'
import { emptyHistory, remember } from '@/lib/domain/pair-history'
import { printSeedStatus, seedStatusOf } from '@/lib/domain/seed-status'
import type { Verdict } from '@/lib/domain/verdict'
import type { PairView } from '@/lib/domain/views'
import { type Changes, hostNames, limits, observationOf, pair } from '@/test/harness/observations'

const { standby } = observationOf().hosts
if (!standby.server.seen) throw new Error('the healthy standby is not seen')
const healthy: ServerFacts = standby.server.value
const committedAt = '2026-11-25T14:07:30.000Z'
/** As it is after its start, until a commit is replayed. */
const restarted: ServerFacts = { ...healthy, lastReplayedCommitAt: null }
const known = rememberUpdate(null, 'host-b', healthy)

test('what was read of a standby last stays through its restart', () => {
  expect(known).toEqual({
    hostId: 'host-b',
    systemIdentifier: healthy.systemIdentifier,
    committedAt,
    lsn: '0/5000100',
  })
  expect(rememberUpdate(known, 'host-b', null)).toEqual(known)
  expect(rememberUpdate(known, 'host-b', restarted)).toEqual(known)
  expect(lastCommitOf(restarted, 'host-b', known)).toBe(committedAt)
})

test('a later commit takes its place; the same one keeps the position at which it was first read', () => {
  const idle = { ...healthy, replayedLsn: '0/7000000' }
  expect(rememberUpdate(known, 'host-b', idle)).toEqual(known)
  const later = { ...idle, lastReplayedCommitAt: '2026-11-25T14:09:00.000Z' }
  expect(rememberUpdate(known, 'host-b', later)).toMatchObject({
    committedAt: '2026-11-25T14:09:00.000Z',
    lsn: '0/7000000',
  })
})

test.each<[string, string, Partial<ServerFacts>]>([
  ['of another host', 'host-c', {}],
  ['of another database', 'host-b', { systemIdentifier: '7440000000000000002' }],
  ['of one that accepts writes by now', 'host-b', { inRecovery: false, replayedLsn: null }],
])('nothing is remembered, nor said, %s', (_, hostId, over) => {
  const server = { ...restarted, ...over }
  expect(rememberUpdate(known, hostId, server)).toBeNull()
  expect(lastCommitOf(server, hostId, known)).toBeNull()
})

test('a standby that is behind where it was then is not said to contain the commit, until it is that far again', () => {
  const behind = { ...restarted, replayedLsn: '0/50000FF' }
  expect(rememberUpdate(known, 'host-b', behind)).toEqual(known)
  expect(lastCommitOf(behind, 'host-b', known)).toBeNull()
  expect(lastCommitOf({ ...behind, replayedLsn: '0/5000100' }, 'host-b', known)).toBe(committedAt)
})

test('what it says itself counts before what is remembered', () => {
  const earlier = { ...healthy, lastReplayedCommitAt: '2026-11-25T14:00:00.000Z' }
  expect(lastCommitOf(earlier, 'host-b', known)).toBe('2026-11-25T14:00:00.000Z')
})

/** A view whose verdict was decided with what the last one remembered. */
function viewOf(changes: Changes, lastUpdate: LastUpdate | null): PairView {
  const observation = observationOf(changes)
  const previous: Pick<Verdict, 'state' | 'since' | 'lastProtectedAt' | 'lastUpdate'> = {
    state: 'protected',
    since: observation.at,
    lastProtectedAt: null,
    lastUpdate,
  }
  const verdict = decideVerdict({
    pair,
    hostNames,
    limits,
    leftOut: [],
    observation,
    history: remember(emptyHistory, observation),
    witness: nothingWitnessed,
    operation: null,
    previous,
  })
  const host = (name: string, address: string) => ({ name, address }) as Host
  const hosts = { primary: host('a', '10.0.0.1'), standby: host('b', '10.0.0.2') }
  return { pair, hosts, observation, verdict, leftOut: [] } as unknown as PairView
}

/** The same of the seed's text, the command line and the page. */
function saidOf(view: PairView) {
  const status = seedStatusOf(view, 'standby')
  const seed = status ? printSeedStatus(status, 'Phantom') : ''
  return [
    /DB last updated (.+)/.exec(seed)?.[1],
    hostLines(view, ['standby']).find(([label]) => label === 'DB last updated')?.[1],
    standbyUpdatedAt(view) ?? 'unknown',
  ]
}

const unseenUntilCommit: Changes = { standbyServer: { lastReplayedCommitAt: null } }

test('seed text, command line and page tell the last update also after a restart of an idle standby', () => {
  const told = ['Wednesday 2026-11-25 14:07:30', formatFullInstant(committedAt), committedAt]
  expect(saidOf(viewOf({}, null))).toEqual(told)
  expect(saidOf(viewOf(unseenUntilCommit, known))).toEqual(told)
})

test('what nobody ever read is unknown in all three, and never told as never', () => {
  expect(saidOf(viewOf(unseenUntilCommit, null))).toEqual(['unknown', 'unknown', 'unknown'])
})

test('the loss statement keeps the last commit through a restart too', () => {
  const { verdict } = viewOf(unseenUntilCommit, known)
  expect(verdict?.loss.database.lastReplayedCommitAt).toBe(committedAt)
  expect(verdict?.lastUpdate).toEqual(known)
})

test('a verdict that was stored before anything was remembered remembers from now on', () => {
  const old = viewOf({}, null)
  expect(old.verdict?.lastUpdate).toEqual(known)
})
