import { randomBytes, randomUUID } from 'node:crypto'
import type { Host } from '@/lib/domain/host'
import type { Observation } from '@/lib/domain/observation'
import type { Operation } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import type { Verdict } from '@/lib/domain/verdict'
import type { NewHost, Repositories } from '@/lib/ports/store'

let count = 0

/** A host that no other one collides with; `over` replaces what a test is about. */
export function newHost(over: Partial<NewHost> = {}): NewHost {
  count += 1
  return {
    name: `host-${count}`,
    address: `10.0.${Math.floor(count / 250)}.${(count % 250) + 1}`,
    port: 22,
    user: 'root',
    authKind: 'key',
    hostKeyFingerprint: 'SHA256:abc',
    hostKey: 'ssh-ed25519 AAAA',
    privilege: 'root',
    machineId: randomBytes(16).toString('hex'),
    home: '/root',
    secret: { privateKey: 'PRIVATE', passphrase: null, password: null },
    ...over,
  }
}

export function newPair(primary: Host, standby: Host, over: Partial<Pair> = {}): Omit<Pair, 'id'> {
  count += 1
  return {
    slug: `pair-${count}`,
    profileId: 'generic-debian',
    scope: { database: true, files: true },
    settings: { walKeepSegments: 32, directories: [] },
    hosts: { primary: primary.id, standby: standby.id },
    isPaired: false,
    formerPrimary: 'none',
    ...over,
  }
}

/** Two registered hosts and their pair. */
export async function insertPair(store: Repositories, over: Partial<Pair> = {}): Promise<Pair> {
  const primary = await store.hosts.insert(newHost())
  const standby = await store.hosts.insert(newHost())
  return store.pairs.insert(newPair(primary, standby, over))
}

/** What starting a create of two hosts is given, on hosts that are registered for it unless they are given. */
export async function startCreateInput(store: Repositories, hosts?: readonly [Host, Host]) {
  const [primary, standby] = hosts ?? [
    await store.hosts.insert(newHost()),
    await store.hosts.insert(newHost()),
  ]
  const { slug, profileId, settings } = newPair(primary, standby)
  return {
    slug,
    profileId,
    settings: { ...settings, directories: [] },
    hosts: { primary: primary.id, standby: standby.id },
    scope: { database: true, files: false },
    reason: 'A standby is wanted.',
    idempotencyKey: randomUUID(),
  }
}

export function newOperation(
  pair: Pair,
  over: Partial<Operation> = {},
): Omit<Operation, 'id' | 'state' | 'createdAt' | 'endedAt'> {
  const { kind = 'create', reason = 'because', startedBy = 'ada', input = { a: 1 } } = over
  return {
    pairId: pair.id,
    kind,
    reason,
    startedBy,
    input,
    plan: over.plan ?? {
      kind,
      operationId: randomUUID(),
      hosts: pair.hosts,
      facts: null,
      pairId: pair.id,
      madeAt: '2026-01-01T00:00:00.000Z',
      steps: [],
      preflight: [],
      warnings: [],
      acknowledgement: '',
    },
  }
}

const unseen = {
  seen: false,
  why: { code: 'HOST_UNREACHABLE', message: 'It does not answer.', fix: '' },
  at: '2026-01-01T00:00:00.000Z',
} as const

export const anObservation: Observation = {
  at: '2026-01-01T00:00:00.000Z',
  tookMs: 3,
  hosts: { primary: { machine: unseen, server: unseen }, standby: { machine: unseen, server: unseen } },
}

const nothing = { bytes: null, seconds: null }

export const aVerdict: Verdict = {
  state: 'unknown',
  reasons: ['Nothing was seen.'],
  nextAction: { action: null, sentence: 'Wait.' },
  rolesSeen: { primary: 'unknown', standby: 'unknown' },
  lag: {
    receive: nothing,
    replay: nothing,
    primaryLsn: null,
    primaryLsnAt: null,
    unknownBecause: 'nothing was seen',
  },
  loss: {
    database: {
      walBytes: null,
      seconds: null,
      lastReplayedCommitAt: null,
      primaryLsn: null,
      primaryLsnAgeSeconds: null,
      isUpperBound: false,
    },
    directories: [],
    sentence: 'Nothing is known.',
  },
  readyForFailover: { ready: false, reasons: ['Nothing was seen.'] },
  readyForSwitchover: { ready: false, reasons: ['Nothing was seen.'] },
  since: '2026-01-01T00:00:00.000Z',
  lastProtectedAt: null,
}
