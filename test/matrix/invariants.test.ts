import { describe, expect, test } from 'vitest'
import { type HostLock, hostLockText } from '@/lib/domain/host-lock'
import type { Operation } from '@/lib/domain/operation'
import { plannedStep, planOf, queuedOperation } from '@/test/harness/operation-events'
import { type HostState, parseHostState } from '@/test/matrix/host-state'
import { findBroken, findBrokenReport, findBrokenTranscript } from '@/test/matrix/invariants'

const alpha = { name: 'alpha', address: '10.0.0.1' }
const program = '/usr/local/lib/understudy/understudy-sync'
const copy =
  'command rsync -e ssh -F /dev/null -aHAX --backup --backup-dir=/srv/bin/2026-01-01 [10.0.0.2]:vault/ /srv/vault/ '

const answer = `identifiers 111 999 
role f
scheduled yes
file-role 
identity machine-1 AAAAkey
own aaaa bbbb 
rows 42
command /usr/sbin/cron -f 
command /bin/sh ${program} ledger vault 
${copy}
`
const primary: HostState = {
  ...parseHostState(alpha, { answer, lock: '' }),
  isScheduled: false,
  isCopying: false,
}
const standby: HostState = {
  ...primary,
  name: 'beta',
  isWritable: false,
  isScheduled: true,
  identity: 'machine-2 k',
}
const before = [primary, standby]
const idle = { operation: null, secrets: ['geheim-passwort'] }
const rulesOf = (states: readonly HostState[], given: Parameters<typeof findBroken>[2] = idle) =>
  findBroken(states, before, given).map(({ rule }) => rule)

const steps = [
  plannedStep('stop-application', { host: 'primary', title: 'Stop the application' }),
  plannedStep('promote', { host: 'standby', title: 'Promote the standby' }),
]
const inState = (state: Operation['state']): Operation => ({
  ...queuedOperation(planOf(steps, { kind: 'promote' }), {}),
  state,
})
const running = inState('running')
const lock: HostLock = {
  operationId: running.id,
  what: 'promote of pair ledger',
  by: 'ada',
  reason: 'a test',
  since: '2026-01-01T00:00:00Z',
  dashboardId: 'd',
  from: 'm1 10.0.0.1',
}
const held = (over: Partial<HostLock> = {}) =>
  before.map((state) => ({ ...state, lock: hostLockText({ ...lock, ...over }) }))

test('what a host printed is read', () => {
  const state = parseHostState(alpha, {
    answer,
    lock: `held 3\n${hostLockText(lock)}`,
  })
  expect(state).toMatchObject({
    isOn: true,
    identifiers: ['111', '999'],
    isWritable: true,
    isScheduled: true,
    isCopying: true,
    ownFiles: ['aaaa', 'bbbb'],
    rows: 42,
    lock: hostLockText(lock),
  })
  expect(parseHostState(alpha, { answer: 'role \n', lock: '' })).toMatchObject({
    isWritable: false,
    isScheduled: false,
    isCopying: false,
    rows: null,
  })
})

test('a sync program that finds nothing to do copies nothing, nor does the other end of a copy', () => {
  const lines = [
    `command /bin/sh ${program} ledger vault `,
    'command rsync --server --sender -logDtpAXre.iLsfxCIvu . /srv/vault/ ',
  ]
  expect(parseHostState(alpha, { answer: lines.join('\n'), lock: '' }).isCopying).toBe(false)
})

describe('a rule that is broken is found', () => {
  test('none is where all is as it was', () => {
    expect(rulesOf(before)).toEqual([])
    expect(rulesOf(held(), { operation: running, secrets: [] })).toEqual([])
    expect(rulesOf(before, { operation: inState('succeeded'), secrets: [] })).toEqual([])
  })

  test.each<[string, number, HostState[]]>([
    ['two hosts write to one database', 1, [primary, { ...standby, isWritable: true, isScheduled: false }]],
    ['a data directory is gone', 2, [primary, { ...standby, identifiers: ['111'] }]],
    ['a file of before is gone', 2, [{ ...primary, ownFiles: ['aaaa'] }, standby]],
    ['rows are gone', 2, [{ ...primary, rows: 41 }, standby]],
    ['the schedule is on the writable host', 3, [{ ...primary, isScheduled: true }, standby]],
    ['a copy runs on the writable host', 3, [{ ...primary, isCopying: true }, standby]],
    [
      'a copy runs on the host that says it is the primary of the files',
      3,
      [{ ...primary, fileRole: 'primary', isCopying: true }, standby],
    ],
    ['another machine answers', 4, [primary, { ...standby, identity: 'machine-3 k' }]],
    [
      'a secret is in an argument list',
      7,
      [{ ...primary, commandLines: 'command psql password=geheim-passwort' }, standby],
    ],
  ])('%s: rule %i', (_, rule, states) => {
    expect(rulesOf(states)).toEqual([rule])
  })

  test.each<[string, HostState[], Operation]>([
    ['a host is not held while the operation runs', [primary, standby], running],
    ['another operation holds a host', held({ operationId: 'other' }), running],
    ['a host is held after the end', held(), inState('succeeded')],
    ['the lock does not say who', held({ by: '' }), running],
    ['the lock does not say from where', held({ from: '' }), running],
  ])('%s: rule 8', (_, states, operation) => {
    expect(rulesOf(states, { operation, secrets: [] })).toEqual([8, 8])
  })

  test('a host on which no step acts is held by nobody else, and by nobody after the end', () => {
    const fence = (state: Operation['state']): Operation => {
      const operation = inState(state)
      return { ...operation, plan: { ...operation.plan, steps: steps.slice(0, 1) } }
    }
    const rules = (locked: readonly [HostState, HostState], operation: Operation) =>
      rulesOf(locked, { operation, secrets: [] })
    const [alpha, beta] = held() as [HostState, HostState]
    const [, other] = held({ operationId: 'other' }) as [HostState, HostState]
    expect(rules([alpha, beta], fence('running'))).toEqual([])
    expect(rules([alpha, standby], fence('running'))).toEqual([])
    expect(rules([alpha, other], fence('running'))).toEqual([8])
    expect(rules([primary, beta], fence('succeeded'))).toEqual([8])
  })

  test('the schedule on a host that somebody else made writable is not its doing, but a copy there is', () => {
    const promoted = { ...standby, isWritable: true }
    const stopped = { ...primary, isWritable: false }
    const rules = (now: readonly HostState[]) =>
      findBroken(now, [stopped, promoted], idle).map(({ rule }) => rule)
    expect(rules([stopped, promoted])).toEqual([])
    expect(rules([stopped, { ...promoted, isCopying: true }])).toEqual([3])
  })

  test('the schedule that a promoted standby of files keeps is its doing, although its own PostgreSQL was writable before', () => {
    const files = { ...standby, isWritable: true, fileRole: 'standby' }
    const turned = [
      { ...primary, fileRole: 'former' },
      { ...files, fileRole: 'primary' },
    ]
    const rules = findBroken(turned, [{ ...primary, fileRole: 'primary' }, files], idle).map(
      ({ rule }) => rule,
    )
    expect(rules).toContain(3)
  })

  test('two that wrote before an operation began are not its doing', () => {
    const both = [primary, { ...standby, isWritable: true, isScheduled: false }]
    expect(findBroken(both, both, idle)).toEqual([])
  })

  test('a host that is off is asked for nothing', () => {
    const gone: HostState = {
      ...primary,
      isOn: false,
      isWritable: false,
      identifiers: [],
      ownFiles: [],
      identity: '',
    }
    expect(rulesOf([gone, standby])).toEqual([])
  })
})

describe('a transcript', () => {
  const lines = (text: string) =>
    findBrokenTranscript('alpha', text, inState('succeeded')).map(({ rule }) => rule)
  const sound = `2026 [op-1 #1] [1/2] Stop the application: done
2026 [op-1 #2] [2/2] Promote the standby (attempt 2)
2026 [op-1 #3] == promote of ledger: succeeded
`
  test('that tells the end and the plan is sound', () => {
    expect(lines(sound)).toEqual([])
  })
  test('without its end breaks rule 12', () => {
    expect(lines(sound.replace('succeeded', 'failed'))).toEqual([12])
    expect(lines('')).toEqual([12])
  })
  test('with a step that is not in the plan breaks rule 10', () => {
    expect(lines(sound.replace('Promote the standby', 'Delete the standby'))).toEqual([10])
  })
})

describe('a report', () => {
  const { reason, startedBy } = running
  const sound = `Reason: ${reason} by ${startedBy}: Stop the application, Promote the standby`
  const rules = (text: string) => findBrokenReport(text, running, ['geheim']).map(({ rule }) => rule)
  test('with who, why and every step is sound', () => {
    expect(rules(sound)).toEqual([])
  })
  test('without a step or its reason breaks rule 11, with a secret rule 7', () => {
    expect(rules(sound.replace('Promote the standby', ''))).toEqual([11])
    expect(rules(`${sound} geheim`)).toEqual([7])
  })
})
