import { expect, test } from 'vitest'
import { type AdoptPiece, adoptPieces } from '@/lib/domain/adopt/pieces'
import type { Host } from '@/lib/domain/host'
import type { OperationEvent } from '@/lib/domain/operation'
import { pairStates } from '@/lib/domain/states'
import type { userRoles } from '@/lib/domain/user'
import type { Verdict } from '@/lib/domain/verdict'
import { buildOperationView, trimEvents } from '@/lib/services/views/operation-view'
import { buildPairView, compareByNeed, type PairRecord } from '@/lib/services/views/pair-view'
import { staleVerdict } from '@/lib/services/views/stale-verdict'
import { anAdoption } from '@/test/harness/adoption'
import { pair } from '@/test/harness/observations'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'
import { anObservation, aVerdict } from '@/test/harness/store-fixtures'

const at = '2026-01-01T00:00:00.000Z'
const seconds = (count: number) => new Date(Date.parse(at) + count * 1000)
const latestOf = (verdict: Partial<Verdict>) => ({
  pairId: pair.id,
  observation: { ...anObservation, at },
  verdict: { ...aVerdict, ...verdict },
})

const host: Host = {
  id: 'host-a',
  name: 'a',
  address: '10.0.0.1',
  port: 22,
  user: 'root',
  authKind: 'key',
  hostKeyFingerprint: 'SHA256:x',
  hostKey: 'ssh-ed25519 x',
  privilege: 'root',
  machineId: 'm',
  home: null,
  accessRevision: 1,
}
const recordOf = (verdict: Partial<Verdict> | null, slug = 'ledger'): PairRecord => ({
  pair: { ...pair, slug },
  profileTitle: 'Debian',
  profileProblem: null,
  leftOut: [],
  rowFiles: [],
  hosts: { primary: host, standby: { ...host, id: 'host-b', name: 'b' } },
  latest: verdict && latestOf(verdict),
  current: null,
  recent: [],
  lastDrill: null,
  stateChanges: [],
})

test('a verdict stands for ten seconds, then the pair is unknown and ready for nothing', () => {
  const latest = latestOf({ state: 'protected', readyForFailover: { ready: true } })
  expect(staleVerdict(latest, seconds(10))).toBe(latest.verdict)
  expect(staleVerdict(latest, seconds(10.001)).state).toBe('unknown')
  const stale = staleVerdict(latest, seconds(95))
  expect(stale).toMatchObject({
    state: 'unknown',
    rolesSeen: { primary: 'unknown', standby: 'unknown' },
    readyForFailover: { ready: false },
    readyForSwitchover: { ready: false },
    since: seconds(10).toISOString(),
    loss: latest.verdict.loss,
  })
  expect(stale.reasons[0]).toContain('1 min 35 s')
  expect(stale.reasons[0]).toContain('protected')
})

test('no state is shown as it was once nobody looks any more', () => {
  for (const state of pairStates)
    expect(buildPairView(recordOf({ state }), 'viewer', seconds(11)).verdict?.state).toBe('unknown')
})

test('a pair that was never observed has no verdict and offers nothing', () => {
  const view = buildPairView(recordOf(null), 'administrator', seconds(0))
  expect(view.verdict).toBeNull()
  expect(view.actions.every(({ allowed, reason }) => !allowed && reason !== '')).toBe(true)
})

const profileProblem = {
  code: 'PROFILE_INVALID',
  message: 'The profile “mine” can’t be used: mine.yaml:5:8: title must not be empty.',
  fix: 'Mend mine.yaml and restart Understudy.',
} as const

test('a pair whose profile can’t be used says that, and does not blame the worker', () => {
  const record = { ...recordOf({ state: 'protected' }), profileProblem }
  const view = buildPairView(record, 'administrator', seconds(95))
  expect(view.verdict?.state).toBe('unknown')
  expect(view.verdict?.reasons).toEqual([
    `Nobody has looked at the hosts for 1 min 35 s: ${profileProblem.message} Before that, the pair was protected.`,
  ])
  expect(view.verdict?.nextAction.sentence).toBe(profileProblem.fix)
  for (const each of [
    view,
    buildPairView({ ...recordOf(null), profileProblem }, 'administrator', seconds(0)),
  ]) {
    expect(each.profileProblem).toEqual(profileProblem)
    expect(each.actions.map(({ allowed, reason }) => [allowed, reason])).toEqual(
      each.actions.map(() => [false, profileProblem.message]),
    )
  }
})

test('an action is open only where state and role both allow it, else it says why', () => {
  const promotable = recordOf({ state: 'no-primary', readyForFailover: { ready: true } })
  const promoteOf = (role: (typeof userRoles)[number]) =>
    buildPairView(promotable, role, seconds(1)).actions.find(({ action }) => action === 'promote')
  expect(promoteOf('viewer')).toEqual({
    action: 'promote',
    allowed: false,
    reason: 'This needs the role operator; yours is viewer.',
  })
  expect(promoteOf('operator')).toMatchObject({ allowed: true })
  expect(promoteOf('administrator')).toMatchObject({ allowed: true })
})

test('pairs that need somebody come first', () => {
  const order = (['protected', 'unknown', 'no-primary', 'degraded', 'working'] as const)
    .map((state) => buildPairView(recordOf({ state }, state), 'viewer', seconds(1)))
    .concat(buildPairView(recordOf(null, 'new'), 'viewer', seconds(1)))
    .sort(compareByNeed)
    .map(({ pair: { slug } }) => slug)
  expect(order).toEqual(['no-primary', 'degraded', 'new', 'unknown', 'working', 'protected'])
})

const plan = planOf([plannedStep('copy'), plannedStep('start')])
const operation = {
  id: 'op-1',
  pairId: pair.id,
  kind: 'create',
  state: 'running',
  plan,
  input: { secret: 'hunter2' },
  reason: 'A test',
  startedBy: 'ann',
  createdAt: at,
  endedAt: null,
} as const
const entryOf = (events: readonly OperationEvent[]) => ({
  operation,
  events: record(events),
  pairSlug: 'ledger',
  hostNames: { primary: 'a', standby: 'b' },
})

test('an operation is shown without the input that it was started with', () => {
  expect(JSON.stringify(buildOperationView(entryOf([]), 'administrator'))).not.toContain('hunter2')
})

test('a viewer may ask nothing of an operation, and is told why', () => {
  const { verbs } = buildOperationView(entryOf([{ type: 'operation.started', mode: 'run' }]), 'viewer')
  for (const permission of Object.values(verbs))
    expect(permission).toEqual({
      allowed: false,
      reason: 'This needs the role operator; yours is viewer.',
    })
  expect(
    buildOperationView(entryOf([{ type: 'operation.started', mode: 'run' }]), 'operator').verbs.cancel
      .allowed,
  ).toBe(true)
})

test('of a long copy only the latest progress and output go with each view; all else stays', () => {
  const progress = (done: number, label = 'base'): OperationEvent => ({
    type: 'step.progressed',
    stepId: 'copy',
    progress: { label, doneBytes: done, totalBytes: null, at },
  })
  const events: OperationEvent[] = [
    { type: 'operation.started', mode: 'run' },
    { type: 'step.started', stepId: 'copy', attempt: 1 },
    progress(7, 'Vault'),
    ...Array.from({ length: 5_000 }, (_, index) => progress(index)),
    ...Array.from(
      { length: 2_000 },
      (_, index): OperationEvent => ({ type: 'step.output', stepId: 'copy', line: `line ${index}` }),
    ),
    { type: 'step.output', stepId: 'start', line: 'of another step' },
    { type: 'step.succeeded', stepId: 'copy', sentence: 'Done.' },
  ]
  const trimmed = trimEvents(record(events))
  const count = (type: OperationEvent['type']) => trimmed.filter(({ event }) => event.type === type).length
  expect([count('step.progressed'), count('step.output')]).toEqual([31, 501])
  expect(trimmed.some(({ event }) => 'progress' in event && event.progress.label === 'Vault')).toBe(true)
  const [step] = buildOperationView(entryOf(events), 'viewer').steps.filter(({ id }) => id === 'copy')
  expect(step?.progress.map(({ label, doneBytes }) => [label, doneBytes])).toEqual([
    ['Vault', 7],
    ['base', 4_999],
  ])
  expect(trimmed.map(({ seq }) => seq)).toEqual(trimmed.map(({ seq }) => seq).toSorted((a, b) => a - b))
  expect(trimmed[0]?.event.type).toBe('operation.started')
  expect(trimmed.at(-1)?.event.type).toBe('step.succeeded')
  expect(trimmed.findLast(({ event }) => event.type === 'step.progressed')?.event).toEqual(progress(4_999))
})

test('what was found of a pair is shown as long as something of it is to be taken over', () => {
  const findingsOf = (taken: readonly AdoptPiece[]) => {
    const record = recordOf(null)
    const adopted = { ...record, pair: { ...record.pair, adoption: anAdoption({ taken }) } }
    return buildPairView(adopted, 'viewer', seconds(1)).pair.adoption?.found.findings
  }
  expect(findingsOf(['replication'])).toHaveLength(1)
  expect(findingsOf(adoptPieces)).toEqual([])
})
