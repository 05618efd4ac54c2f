import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import { printSeedStatus, seedStatusOf, toSeedTime } from '@/lib/domain/seed-status'
import type { PairView } from '@/lib/domain/views'
import { type Changes, observationOf, pair } from '@/test/harness/observations'

const seed = readFileSync(
  fileURLToPath(new URL('../../test/recorded/seed/overview.txt', import.meta.url)),
  'utf8',
)
/** The seed's three outputs, cut out of its documentation as they stand there. */
const outputs = [
  ...seed.matchAll(
    /^ +========= Processed Params =========\n[\s\S]*?^ +========= {2}Script Done =========/gm,
  ),
].map(([text]) => text)
const fill = (text = '') =>
  text
    .replace('<phantom_version>', '4.10.7.63984')
    .replace('<warm_standby_ip>/32', '10.0.0.2/32')
    .replace('<timestamp_last_updated>', '2026-11-25 14:07:30')

const host = (name: string, address: string): Host => ({
  id: name,
  name,
  address,
  port: 22,
  user: 'root',
  authKind: 'key',
  hostKey: null,
  hostKeyFingerprint: null,
  privilege: 'root',
  machineId: null,
  home: null,
  accessRevision: 1,
})

const viewOf = (changes: Changes = {}, isPaired = true): PairView => ({
  pair: { ...pair, isPaired },
  profileTitle: 'Splunk SOAR',
  profileProblem: null,
  leftOut: [],
  rowFiles: [],
  hosts: { primary: host('a', '10.0.0.1'), standby: host('b', '10.0.0.2') },
  observation: observationOf({
    ...changes,
    primaryMachine: { applicationVersion: '4.10.7.63984', ...changes.primaryMachine },
    standbyMachine: { applicationVersion: '4.10.7.63984', ...changes.standbyMachine },
  }),
  verdict: null,
  actions: [],
  operation: null,
  drills: { last: null, schedule: null },
  stateChanges: [],
  directories: [],
  recentOperations: [],
})

function printed(view: PairView, role: 'primary' | 'standby'): string {
  const status = seedStatusOf(view, role)
  if (!status) throw new Error('nothing to print')
  return printSeedStatus(status, 'Phantom')
}

test('the seed shows three outputs', () => {
  expect(outputs).toHaveLength(3)
})

test('a host that is not paired prints the seed’s first output, word for word', () => {
  expect(printed(viewOf({}, false), 'primary')).toBe(outputs[0])
  expect(printed(viewOf({}, false), 'standby')).toBe(outputs[0])
})

test('a primary prints the seed’s second output, word for word', () => {
  expect(printed(viewOf(), 'primary')).toBe(fill(outputs[1]))
})

test('a standby prints the seed’s third output, word for word', () => {
  const view = viewOf({ standbyServer: { walSegmentsInUse: 2 } })
  expect(printed(view, 'standby')).toBe(fill(outputs[2]))
})

const unasked: Changes = {
  primaryServer: { unseen: 'PRECONDITION_FAILED' },
  standbyServer: { unseen: 'PRECONDITION_FAILED' },
}

test('of a pair without a database nothing is said about replication but that there is none', () => {
  const files = viewOf(unasked)
  const view = { ...files, pair: { ...files.pair, scope: { database: false, files: true } } }
  expect(printed(view, 'primary').split('\n').slice(1, -1)).toEqual([
    '  Current Phantom Version: 4.10.7.63984',
    '   Instance looks like Primary',
    '    DB replication not configured',
    '    Vault sync configured',
  ])
  expect(printed(view, 'standby').split('\n').slice(2, -1)).toEqual([
    '   Instance looks like Standby',
    '    DB replication not configured',
    '    rsync configured',
  ])
})

test('a former primary of files is configured for nothing, and one that says no role says nothing', () => {
  const of = (fileRole: string | null) => {
    const view = viewOf(unasked)
    const { observation } = view
    const machine = observation?.hosts.standby.machine
    if (!observation || !machine?.seen) throw new Error('the standby is not seen')
    const value = { ...machine.value, fileRole } as typeof machine.value
    const standby = { ...observation.hosts.standby, machine: { ...machine, value } }
    return {
      ...view,
      pair: { ...view.pair, scope: { database: false, files: true } },
      observation: { ...observation, hosts: { ...observation.hosts, standby } },
    }
  }
  expect(printed(of('former'), 'standby')).toBe(outputs[0])
  expect(seedStatusOf(of(null), 'standby')).toBeNull()
})

test('after a promotion neither host is configured for the other: nothing is replicated and nothing synced', () => {
  const left: Changes = {
    primaryServer: { senders: [] },
    standbyServer: { inRecovery: false, lastReplayedCommitAt: null, receiver: null },
    standbyMachine: { syncScheduled: false },
  }
  const promoted = (changes: Changes): PairView => {
    const view = viewOf({ ...left, ...changes })
    return { ...view, pair: { ...view.pair, formerPrimary: 'watched' } }
  }
  const bare = [
    '   Instance looks like Primary',
    '    DB replication not configured',
    '    Vault sync not configured',
  ]
  for (const role of ['primary', 'standby'] as const)
    expect(printed(promoted({}), role).split('\n').slice(2, -1)).toEqual(bare)
  // Fenced, and started by hand: it comes up in recovery and follows nobody.
  const fenced = promoted({ standbyServer: { lastReplayedCommitAt: null, receiver: null } })
  expect(printed(fenced, 'standby').split('\n').slice(2, -1)).toEqual([
    '   Instance looks like Standby',
    '    DB replication not configured',
    '    rsync not configured',
  ])
})

test('a vault sync whose schedule is not seen is neither configured nor not', () => {
  const text = printed(viewOf({ standbyMachine: { unseen: 'HOST_UNREACHABLE' } }), 'primary')
  expect(text).toContain('    Vault sync unknown\n')
})

test('what is not so is said as not so', () => {
  const text = printed(viewOf({ primaryServer: { senders: [] } }), 'primary')
  expect(text).toContain('    DB replication not currently streaming\n')
  expect(printed(viewOf({ standbyServer: { lastReplayedCommitAt: null } }), 'standby')).toContain(
    'DB last updated unknown',
  )
})

test('a host that was promoted looks like what it is, not like what was expected', () => {
  expect(printed(viewOf({ standbyServer: { inRecovery: false } }), 'standby')).toContain('looks like Primary')
})

test('a host that is not seen says nothing', () => {
  expect(seedStatusOf(viewOf({ standbyServer: { unseen: 'POSTGRES_DOWN' } }), 'standby')).toBeNull()
})

test('the time is the host’s own, with its weekday', () => {
  expect(toSeedTime('2026-11-24T23:30:00.000Z', 'Europe/Berlin')).toBe('Wednesday 2026-11-25 00:30:00')
})
