import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ActionGround } from '@/lib/domain/actions/action'
import { canDo, listActions } from '@/lib/domain/actions/permissions'
import { actionIds, hasStandby, pairStates, stateTable } from '@/lib/domain/states'
import { printStatesTable } from '@/lib/domain/states-table'

const ready = { ready: true } as const
const notReady = { ready: false, reasons: ['b is not in recovery.', 'Replay on b is paused.'] } as const
const allReady = { readyForFailover: ready, readyForSwitchover: ready }
const beside = { hasDatabase: true, hasFiles: true, differs: 1, beside: null, isTurnedRound: false } as const
const noneReady = { readyForFailover: notReady, readyForSwitchover: notReady }

describe.each(pairStates)('in state %s', (state) => {
  test('the promise is a sentence', () => {
    expect(stateTable[state].promise).toMatch(/^[A-Z].*\.$/)
    expect(stateTable[state].title).not.toBe('')
  })

  test.each(actionIds)('%s is open, or an operator is told in a sentence why not', (action) => {
    const permission = canDo(action, {
      state,
      ...allReady,
      formerPrimary: 'watched',
      isPaused: true,
      ...beside,
    })
    if (!permission.allowed) expect(permission.reason).toMatch(/^[A-Z].*\.$/)
  })

  test('a standby that is not fit is never promoted', () => {
    const permission = canDo('promote', {
      state,
      ...noneReady,
      formerPrimary: 'none',
      isPaused: false,
      ...beside,
    })
    expect(permission.allowed).toBe(false)
  })
})

test('what can be done from each state is exactly this', () => {
  const open = Object.fromEntries(
    pairStates.map((state) => [
      state,
      listActions({ state, ...allReady, formerPrimary: 'watched', isPaused: true, ...beside })
        .filter((view) => view.allowed)
        .map((view) => view.action)
        .join(),
    ]),
  )
  expect(open).toEqual({
    unpaired: 'create',
    working: '',
    protected: 'promote,switchover,pause,resume,unpair,sync,repair-files',
    'catching-up': 'promote,pause,resume,unpair,sync,repair-files',
    degraded: 'promote,switchover,pause,resume,unpair,sync,repair-files',
    disconnected: 'promote,re-pair,pause,resume,unpair,sync,repair-files',
    'standby-lost': 're-pair,resume,unpair',
    diverged: 're-pair,resume,unpair',
    'no-primary': 'promote,resume,unpair',
    'two-primaries': 'fence',
    unprotected: 'fence,re-pair,unpair',
    unknown: 'promote,resume,unpair',
  })
})

test.each(pairStates.filter((state) => state !== 'working'))(
  'out of %s an action leads, whatever else is known; only an operation at work is waited for',
  (state) => {
    for (const formerPrimary of ['none', 'watched', 'fenced'] as const)
      for (const isPaused of [true, false])
        for (const readiness of [allReady, noneReady]) {
          const open = listActions({ state, ...readiness, formerPrimary, isPaused, ...beside })
          expect(open.filter(({ allowed }) => allowed)).not.toEqual([])
        }
  },
)

test('the reasons of the standby are what an operator reads when promotion is closed by them', () => {
  expect(
    canDo('promote', {
      state: 'no-primary',
      ...noneReady,
      formerPrimary: 'none',
      isPaused: false,
      ...beside,
    }),
  ).toEqual({
    allowed: false,
    reason: 'b is not in recovery. Replay on b is paused.',
  })
})

test('what is not paused is not resumed, and whoever asks is told so', () => {
  for (const state of pairStates) {
    const ground = { state, ...allReady, formerPrimary: 'none', isPaused: false, ...beside } as const
    expect(canDo('resume', ground)).toMatchObject({ allowed: false, reason: expect.stringMatching(/\.$/) })
  }
})

test.each(['none', 'fenced'] as const)(
  'where the former primary is %s one host is fenced only of two that accept writes, else the reason is told',
  (formerPrimary) => {
    const ground = { ...allReady, ...beside, formerPrimary, isPaused: false } as const
    expect(canDo('fence', { ...ground, state: 'two-primaries' })).toEqual({ allowed: true })
    expect(canDo('fence', { ...ground, state: 'unprotected' })).toMatchObject({
      allowed: false,
      reason: expect.stringMatching(/\.$/),
    })
  },
)

test('while something of the pair is left on a host, it is cleaned up and no standby is created', () => {
  const owed = [{ hostId: 'host-b', leave: 'stopped', since: '2026-01-01T00:00:00.000Z' }] as const
  const unpaired = {
    state: 'unpaired',
    ...noneReady,
    formerPrimary: 'none',
    isPaused: false,
    ...beside,
  } as const
  expect(canDo('unpair', { ...unpaired, owed }).allowed).toBe(true)
  expect(canDo('create', { ...unpaired, owed })).toMatchObject({
    allowed: false,
    reason: expect.stringMatching(/cleaned as soon as it answers.*forget the pair/),
  })
  expect(canDo('unpair', unpaired)).toMatchObject({ allowed: false, reason: expect.stringMatching(/\.$/) })
})

test('a standby that follows is made one again only where the hosts are recorded the other way round', () => {
  const degraded = {
    state: 'degraded',
    ...allReady,
    ...beside,
    formerPrimary: 'none',
    isPaused: false,
  } as const
  expect(canDo('re-pair', { ...degraded, isTurnedRound: true })).toEqual({ allowed: true })
  expect(canDo('re-pair', { ...degraded, isTurnedRound: false })).toMatchObject({ allowed: false })
})

test('nothing is open on a pair that nobody has looked at', () => {
  expect(listActions(null).some((view) => view.allowed)).toBe(false)
})

test('the table in the documents is the one in code', () => {
  const document = readFileSync(fileURLToPath(new URL('../../docs/states.md', import.meta.url)), 'utf8')
  expect(document).toContain(printStatesTable())
})

test('a loss is stated only where there is a standby to promote', () => {
  expect(pairStates.filter((state) => !hasStandby(state))).toEqual([
    'unpaired',
    'two-primaries',
    'unprotected',
  ])
})

describe('a drill', () => {
  const ground = { ...allReady, ...beside, formerPrimary: 'none', isPaused: false } as const

  test('is open exactly where a sound standby streams', () => {
    const open = pairStates.filter((state) => canDo('drill', { ...ground, state }).allowed)
    expect(open).toEqual(['protected', 'catching-up', 'degraded'])
  })

  test.each<[string, Partial<Pick<ActionGround, 'isPaused' | 'hasDatabase' | 'beside'>>, RegExp]>([
    ['something is paused', { isPaused: true }, /paused: resume it first/],
    ['the pair leaves its database out', { hasDatabase: false }, /leaves its database out/],
    ['one is at work', { beside: 'drill' }, /A drill runs on the standby/],
  ])('is closed where %s, and whoever asks is told so', (_, over, reason) => {
    expect(canDo('drill', { ...ground, state: 'protected', ...over })).toEqual({
      allowed: false,
      reason: expect.stringMatching(reason),
    })
  })

  test('keeps every other operation off the pair while it is at work, and says what to do', () => {
    for (const action of actionIds) {
      const permission = canDo(action, { ...ground, state: 'protected', beside: 'drill' })
      expect(permission.allowed, action).toBe(false)
    }
    expect(canDo('promote', { ...ground, state: 'protected', beside: 'drill' })).toMatchObject({
      reason: expect.stringContaining('cancel it first'),
    })
  })
})
