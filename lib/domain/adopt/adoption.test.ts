import { describe, expect, test } from 'vitest'
import { whileObserved } from '@/lib/domain/actions/observed'
import { canDo, listActions } from '@/lib/domain/actions/permissions'
import {
  foundAgain,
  isObserved,
  isOnlyObserved,
  isOwn,
  isTaken,
  leftToTake,
  observedReason,
} from '@/lib/domain/adopt/adoption'
import { jobPlaceWords } from '@/lib/domain/adopt/found-replication'
import { type AdoptPiece, adoptPieces, pieceWords } from '@/lib/domain/adopt/pieces'
import { leavingOut } from '@/lib/domain/adopt/proposal'
import { pairOperationOptions } from '@/lib/domain/pair-operations'
import { actionIds, pairStates } from '@/lib/domain/states'
import { aFound, aFoundReplication, aJob, anAdoption } from '@/test/harness/adoption'

const ready = { ready: true } as const
const groundOf = (taken: readonly AdoptPiece[], state: (typeof pairStates)[number] = 'degraded') => ({
  state,
  readyForFailover: ready,
  readyForSwitchover: ready,
  formerPrimary: 'none' as const,
  isPaused: true,
  isTurnedRound: false,
  hasDatabase: true,
  hasFiles: true,
  differs: 1,
  beside: null,
  observed: anAdoption({ taken }),
})

describe('a pair that somebody else made', () => {
  test('is observed until every piece of it is taken over', () => {
    expect(leftToTake({ adoption: anAdoption() })).toEqual(adoptPieces)
    expect(leftToTake({ adoption: anAdoption({ taken: ['files', 'kit'] }) })).toEqual([
      'replication',
      'application',
    ])
    expect(isObserved({ adoption: anAdoption({ taken: adoptPieces }) })).toBe(false)
    expect(isObserved({})).toBe(false)
  })

  test('has as its own what is taken over, and what there was not to be', () => {
    const adoption = anAdoption({ pieces: ['replication', 'kit'], taken: ['replication'] })
    expect(adoptPieces.filter((piece) => isOwn({ adoption }, piece))).toEqual([
      'replication',
      'files',
      'application',
    ])
    expect(isOnlyObserved({ adoption })).toBe(false)
    expect(adoptPieces.filter((piece) => isTaken({ adoption }, piece))).toEqual(['replication'])
    expect(isOnlyObserved({ adoption: anAdoption() })).toBe(true)
    expect(isOnlyObserved({})).toBe(false)
  })

  test('says what of it is not taken over', () => {
    expect(observedReason(anAdoption())).toBe('This pair is only observed: take it over first.')
    expect(observedReason(anAdoption({ taken: ['replication', 'files'] }))).toBe(
      'Of this pair only the replication and the copying of files are taken over: take over the application and the break-glass kit too.',
    )
    expect(pieceWords([])).toBe('nothing')
  })
})

describe('while a pair is observed', () => {
  test.each(actionIds)('%s is open, or closed with a sentence, in every state', (action) => {
    for (const state of pairStates) {
      const permission = canDo(action, groundOf([], state))
      if (!permission.allowed) expect(permission.reason).toMatch(/^[A-Z].*\.$/)
      else expect(whileObserved[action]).not.toBe('closed')
    }
  })

  test('nothing changes its hosts but taking it over, and once begun taking it apart', () => {
    const open = (taken: readonly AdoptPiece[]) =>
      listActions(groundOf(taken)).flatMap(({ action, allowed }) => (allowed ? [action] : []))
    expect(open([])).toEqual(['adopt'])
    expect(open(['replication'])).toEqual(['adopt', 'unpair'])
  })

  test('it is not promoted, and an operator is told where it says what to do by hand', () => {
    expect(canDo('promote', groundOf([], 'no-primary'))).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('docs/adopt.md'),
    })
  })

  test('a pair of our own is not taken over', () => {
    expect(canDo('adopt', { ...groundOf([]), observed: null })).toMatchObject({
      allowed: false,
      reason: 'This pair is Understudy’s own already: there is nothing to take over.',
    })
  })
})

test('pieces are chosen once each, in their order, and all that are left where nothing is said', () => {
  expect(pairOperationOptions.adopt.parse({ pieces: ['files', 'replication', 'files'] })).toEqual({
    pieces: ['replication', 'files'],
  })
  expect(pairOperationOptions.adopt.parse({})).toEqual({ pieces: [] })
  expect(pairOperationOptions.adopt.safeParse({ pieces: ['all'] }).success).toBe(false)
})

test('a job is named by where it stands', () => {
  const timer = {
    kind: 'timer',
    timer: 'x.timer',
    service: 'x.service',
    isActive: true,
    isEnabled: true,
  } as const
  expect(jobPlaceWords({ place: { kind: 'crontab', user: 'root' } })).toBe('the crontab of root')
  expect(jobPlaceWords({ place: { kind: 'file', path: '/etc/cron.d/x' } })).toBe('/etc/cron.d/x')
  expect(jobPlaceWords({ place: timer })).toBe('the timer x.timer')
})

describe('what is found again', () => {
  const told = (piece: 'replication' | 'files', sentence: string) => ({
    ...{ id: `${piece}-1`, title: 'x', sentence, evidence: [], piece },
  })
  const before = { ...aFound, findings: [told('replication', 'before'), told('files', 'before')] }
  const job = (digest: string) => ({ ...aJob, digest })
  const now = {
    ...before,
    readAt: '2026-11-26T14:00:00.000Z',
    maker: 'repmgr' as const,
    stream: null,
    jobs: [job('now')],
    findings: [told('replication', 'now'), told('files', 'now')],
  }
  const again = (taken: readonly AdoptPiece[]) => {
    const { maker, jobs, findings, readAt } = foundAgain(
      anAdoption({ taken, found: { ...before, jobs: [job('before')] } }),
      now,
    )
    return {
      maker,
      jobs: jobs.map(({ digest }) => digest),
      told: findings.map((one) => one.sentence),
      readAt,
    }
  }

  test('replaces what was found before, but of what is taken over', () => {
    const { readAt } = now
    expect(again([])).toEqual({ maker: 'repmgr', jobs: ['now'], told: ['now', 'now'], readAt })
    expect(again(['replication'])).toEqual({
      ...{ maker: 'pg_basebackup', jobs: ['now'], told: ['before', 'now'], readAt },
    })
    expect(again(['files'])).toEqual({
      ...{ maker: 'repmgr', jobs: ['before'], told: ['now', 'before'], readAt },
    })
  })

  test('a stream that is away just now is known again when it is back', () => {
    expect(foundAgain(anAdoption({ found: before }), now).stream).toEqual(aFound.stream)
  })
})

test('without some of its directories a pair is the rest; without all of them there are no files to take over', () => {
  const { proposal } = aFoundReplication
  expect(leavingOut(proposal, [])).toEqual(proposal)
  expect(leavingOut(proposal, ['vault'])).toMatchObject({
    ...{ scope: { database: true, files: false }, settings: { directories: [] } },
    pieces: ['replication', 'application', 'kit'],
  })
})
