import type { VerdictLimits } from '@/lib/domain/limits'
import type { HostObservation, MachineFacts, Observation, Seen, ServerFacts } from '@/lib/domain/observation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { ErrorCode } from '@/lib/errors'

/** A healthy pair as it is observed, and ways to change one thing in it. */

export const observedAt = '2026-11-25T14:07:31.000Z'
export const hostNames: Readonly<Record<Role, string>> = { primary: 'a', standby: 'b' }
export const limits: VerdictLimits = { replayLagSeconds: 30, clockDifferenceMs: 2000, diskFreePercent: 5 }

export const pair: Pair = {
  id: 'pair-1',
  slug: 'ledger',
  profileId: 'generic-debian',
  scope: { database: true, files: true },
  settings: {
    walKeepSegments: 32,
    directories: [
      { id: 'vault', title: 'Vault', path: '/srv/vault', log: 'rsync_vault.log', schedule: '* * * * *' },
      { id: 'etc', title: 'Settings', path: '/srv/etc', log: 'rsync_etc.log', schedule: '*/5 * * * *' },
    ],
  },
  hosts: { primary: 'host-a', standby: 'host-b' },
  isPaired: true,
  formerPrimary: 'none',
}

const server: ServerFacts = {
  versionNum: 150018,
  version: '15.18',
  systemIdentifier: '7440000000000000001',
  inRecovery: false,
  timeline: 1,
  currentLsn: '0/5000100',
  receivedLsn: null,
  replayedLsn: null,
  replayPaused: false,
  lastReplayedCommitAt: null,
  walSegmentBytes: 16 * 1024 * 1024,
  walSegmentsInUse: 4,
  walSegmentsConfigured: 32,
  oldestWalLsn: '0/2000000',
  startedAt: '2026-11-20T00:00:00.000Z',
  dataDirectory: '/var/lib/postgresql/15/main',
  port: 5432,
  senders: [
    {
      applicationName: 'understudy_ledger',
      clientAddress: '10.0.0.2',
      state: 'streaming',
      sentLsn: '0/5000100',
      flushLsn: '0/5000100',
      replayLsn: '0/5000100',
    },
  ],
  receiver: null,
  slots: [],
}

const standbyServer: ServerFacts = {
  ...server,
  inRecovery: true,
  currentLsn: null,
  receivedLsn: '0/5000100',
  replayedLsn: '0/5000100',
  lastReplayedCommitAt: '2026-11-25T14:07:30.000Z',
  senders: [],
  receiver: {
    status: 'streaming',
    senderHost: '10.0.0.1',
    timeline: 1,
    latestEndLsn: '0/5000100',
    lastMessageAgeSeconds: 0.1,
  },
}

const run = (id: string, startedAt: string) => {
  const good = {
    startedAt,
    endedAt: startedAt,
    exitCode: 0,
    result: 'ok',
    files: 12,
    bytes: 4096,
    deletions: 0,
    reason: '',
  }
  return { id, lastRun: good, lastGoodRun: good, failuresSinceGood: 0, isRunning: false }
}

const machine: MachineFacts = {
  inventoryAt: observedAt,
  inventoryFailure: null,
  hostname: 'a',
  machineId: 'aaaa',
  bootId: 'boot-a',
  uptimeSeconds: 86_400,
  clockOffsetMs: 0,
  clockErrorMs: 1,
  timeZone: 'UTC',
  dataDiskFreeBytes: 50e9,
  dataDiskTotalBytes: 100e9,
  postgresProcess: 'running',
  cronRunning: true,
  applicationVersion: '4.10.7',
  applicationActive: true,
  syncScheduled: false,
  directories: [],
  peerPostgres: null,
  peerSsh: null,
  fileRole: 'primary',
}

const standbyMachine: MachineFacts = {
  ...machine,
  hostname: 'b',
  machineId: 'bbbb',
  bootId: 'boot-b',
  applicationActive: false,
  fileRole: 'standby',
  syncScheduled: true,
  directories: [run('vault', '2026-11-25T14:07:01.000Z'), run('etc', '2026-11-25T14:05:01.000Z')],
}

/** Changed fields, or the code of the error that kept it from being seen. */
type Change = { readonly unseen: ErrorCode } | Readonly<Record<string, unknown>>
export type Changes = Partial<
  Record<'primaryServer' | 'primaryMachine' | 'standbyServer' | 'standbyMachine', Change>
>

const isUnseen = (change: Change): change is { unseen: ErrorCode } => 'unseen' in change

function seenOf<T extends object>(base: T, change: Change | undefined, at: string): Seen<T> {
  if (change && isUnseen(change))
    return { seen: false, why: { code: change.unseen, message: `(${change.unseen})`, fix: 'Mend it.' }, at }
  return { seen: true, value: { ...base, ...change }, at }
}

/** A healthy pair's observation with some facts changed or not seen. */
export function observationOf(changes: Changes = {}, at = observedAt): Observation {
  const primary: HostObservation = {
    server: seenOf(server, changes.primaryServer, at),
    machine: seenOf(machine, changes.primaryMachine, at),
  }
  const standby: HostObservation = {
    server: seenOf(standbyServer, changes.standbyServer, at),
    machine: seenOf(standbyMachine, changes.standbyMachine, at),
  }
  return { at, tookMs: 8, hosts: { primary, standby } }
}
