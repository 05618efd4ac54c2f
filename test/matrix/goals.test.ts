import { describe, expect, test } from 'vitest'
import type { Operation, OperationEvent } from '@/lib/domain/operation'
import { findBrokenConclusion, findBrokenGoal } from '@/test/matrix/goals'
import { type HostState, parseHostState } from '@/test/matrix/host-state'

const read = (name: string, address: string, answer: string) =>
  parseHostState({ name, address }, { answer, lock: '' })

const primary = read('alpha', '10.0.0.1', 'role f\ntimeline 1\nwrites yes\nstarts-application yes\n')
const lone = read('beta', '10.0.0.2', 'role f\ntimeline 1\nwrites yes\n')
const standby = read('beta', '10.0.0.2', 'role t\ntimeline 1\nstreams-from 10.0.0.1\nscheduled yes\n')
const paused: HostState = { ...standby, isReplayPaused: true, isScheduled: false }
const promoted = read('beta', '10.0.0.2', 'role f\ntimeline 2\nwrites yes\n')
const fenced = read('alpha', '10.0.0.1', 'role \nstarts-read-only yes\n')
const off: HostState = { ...read('alpha', '10.0.0.1', 'role \n'), isOn: false }
const filesOf = (state: HostState, fileRole: string, isScheduled = false): HostState => ({
  ...state,
  fileRole,
  isScheduled,
})

type Seen = readonly [HostState, HostState]
type Kind = Operation['kind']
const rulesOf = (kind: Kind, hasDatabase: boolean, now: Seen, before: Seen, state: Operation['state']) =>
  findBrokenGoal({ kind, state }, { hasDatabase, now, before }).map(({ rule }) => rule)

const formerFiles = { ...filesOf(primary, 'former'), startsApplication: false }
const goals: readonly [name: string, kind: Kind, hasDatabase: boolean, before: Seen, now: Seen][] = [
  ['a create', 'create', true, [primary, lone], [primary, standby]],
  [
    'a create of files',
    'create',
    false,
    [primary, lone],
    [filesOf(primary, 'primary'), filesOf(lone, 'standby', true)],
  ],
  ['a promotion', 'promote', true, [primary, standby], [fenced, promoted]],
  ['a promotion over a dead primary', 'promote', true, [off, standby], [off, promoted]],
  [
    'a promotion of files',
    'promote',
    false,
    [filesOf(primary, 'primary'), filesOf(lone, 'standby', true)],
    [formerFiles, filesOf(lone, 'primary')],
  ],
  ['a fence', 'fence', true, [primary, promoted], [fenced, promoted]],
  ['a pause', 'pause', true, [primary, standby], [primary, paused]],
  [
    'a pause of files',
    'pause',
    false,
    [filesOf(primary, 'primary'), filesOf(lone, 'standby', true)],
    [filesOf(primary, 'primary'), filesOf(lone, 'standby')],
  ],
  ['the end of a pause', 'resume', true, [primary, paused], [primary, standby]],
  [
    'the end of a pause of files',
    'resume',
    false,
    [filesOf(primary, 'primary'), filesOf(lone, 'standby')],
    [filesOf(primary, 'primary'), filesOf(lone, 'standby', true)],
  ],
  [
    'a fence of files',
    'fence',
    false,
    [filesOf(primary, 'primary'), filesOf(lone, 'primary')],
    [formerFiles, filesOf(lone, 'primary')],
  ],
  ['an unpair', 'unpair', true, [primary, standby], [primary, read('beta', '10.0.0.2', 'role \n')]],
  ['an unpair without its standby', 'unpair', true, [primary, standby], [primary, { ...off, name: 'beta' }]],
  [
    'an unpair of files',
    'unpair',
    false,
    [filesOf(primary, 'primary'), filesOf(lone, 'standby', true)],
    [primary, lone],
  ],
]

describe('rule 6: an operation that says it has succeeded shows it on the hosts', () => {
  test.each(goals)('%s that does is sound', (_, kind, hasDatabase, before, now) => {
    expect(rulesOf(kind, hasDatabase, now, before, 'succeeded')).toEqual([])
  })

  test.each(goals)('%s whose hosts stand as before breaks it', (_, kind, hasDatabase, before) => {
    expect(rulesOf(kind, hasDatabase, before, before, 'succeeded')).toContain(6)
    expect(rulesOf(kind, hasDatabase, before, before, 'running')).toEqual([])
  })

  test.each<[string, Kind, Seen, Seen]>([
    [
      'the standby streams from another',
      'create',
      [primary, { ...standby, streamsFrom: '9.9.9.9' }],
      [primary, lone],
    ],
    ['the standby does not stream', 'create', [primary, { ...standby, streamsFrom: '' }], [primary, lone]],
    ['the standby has no schedule', 'create', [primary, { ...standby, isScheduled: false }], [primary, lone]],
    ['replay goes on', 'pause', [primary, { ...paused, isReplayPaused: false }], [primary, standby]],
    ['files are copied', 'pause', [primary, { ...paused, isScheduled: true }], [primary, standby]],
    ['replay stands still', 'resume', [primary, { ...standby, isReplayPaused: true }], [primary, paused]],
    ['no row can be written', 'promote', [fenced, { ...promoted, writesRow: false }], [primary, standby]],
    ['the timeline is the old one', 'promote', [fenced, { ...promoted, timeline: 1 }], [primary, standby]],
    ['files still flow', 'promote', [fenced, { ...promoted, isScheduled: true }], [primary, standby]],
    [
      'the former would start writable',
      'promote',
      [{ ...fenced, startsReadOnly: false }, promoted],
      [primary, standby],
    ],
    [
      'the former’s application would start',
      'fence',
      [{ ...fenced, startsApplication: true }, promoted],
      [primary, promoted],
    ],
    [
      'the former would start writable',
      'fence',
      [{ ...fenced, startsReadOnly: false }, promoted],
      [primary, promoted],
    ],
  ])('%s after a %s: broken', (_, kind, now, before) => {
    expect(rulesOf(kind, true, now, before, 'succeeded')).toEqual([6])
  })
})

describe('rule 9: a host that could not be reached is not taken for dead', () => {
  const pair: Seen = [primary, standby]
  const said = (sentence: string): OperationEvent => ({ type: 'operation.noted', sentence })
  const rules = (now: Seen, before: Seen, ...sentences: readonly string[]) =>
    findBrokenConclusion(now, before, { events: sentences.map(said), isApart: false }).map(({ rule }) => rule)

  test('is sound where it is said that it does not answer, or that another is dead', () => {
    expect(rules(pair, pair, 'alpha does not answer: the connection to alpha was lost.')).toEqual([])
    expect(rules([off, standby], [off, standby], 'alpha is off.')).toEqual([])
    expect(rules([fenced, promoted], pair)).toEqual([])
    expect(rules([off, promoted], [off, standby])).toEqual([])
  })

  test('is broken where a living host is said to be dead', () => {
    expect(rules(pair, pair, 'alpha is down.')).toEqual([9])
    const error = { code: 'STEP_FAILED', message: 'beta is dead', fix: '' } as const
    expect(
      findBrokenConclusion(pair, pair, {
        events: [{ type: 'step.failed', stepId: 'x', error }],
        isApart: false,
      }).map(({ rule }) => rule),
    ).toEqual([9])
  })

  test('is broken where the standby was promoted over a primary that lives unfenced, even stopped', () => {
    expect(rules([{ ...fenced, startsReadOnly: false }, promoted], pair)).toEqual([9])
    expect(rules([primary, promoted], pair)).toEqual([9])
  })

  test('is sound where an operator has chosen that the standby becomes a copy of its own', () => {
    expect(findBrokenConclusion([primary, promoted], pair, { events: [], isApart: true })).toEqual([])
  })
})
