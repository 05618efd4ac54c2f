import { expect, test } from 'vitest'
import type { LagEstimate } from '@/lib/domain/lag'
import { atMost, type LossInput, lossLines, stateLoss } from '@/lib/domain/loss'

const nowMs = Date.parse('2026-11-25T14:07:31.000Z')
const lagOf = (bytes: number | null, seconds: number | null): LagEstimate => ({
  receive: { bytes, seconds },
  replay: { bytes, seconds },
  primaryLsn: bytes === null ? null : '0/5000100',
  primaryLsnAt: bytes === null ? null : '2026-11-25T14:07:27.000Z',
  unknownBecause: '',
})
const lossOf = (change: Partial<LossInput>) =>
  stateLoss({
    nowMs,
    lag: lagOf(0, 0),
    isPrimaryCurrent: true,
    lastReplayedCommitAt: null,
    directories: [],
    leftOut: [],
    ...change,
  })
const directory = (title: string, ageSeconds: number | null) => ({
  id: title.toLowerCase(),
  title,
  ageSeconds,
})

test('nothing missing and every directory fresh', () => {
  const directories = [directory('Vault', 18), directory('Reports', 1501), directory('Settings', 201)]
  expect(lossOf({ directories }).sentence).toBe(
    'A promotion now would lose 0 B of the database and up to 26 min of Reports; every other directory was copied within the last 4 min.',
  )
})

test('what the pair leaves out is lost whole, and said in a sentence of its own', () => {
  const leftOut = [{ kind: 'directory' as const, id: 'vault', title: 'Vault' }]
  expect(lossOf({ leftOut }).sentence).toBe(
    'A promotion now would lose 0 B of the database. Left out of the pair, so not taken over at all: Vault.',
  )
})

test('missing WAL is told in bytes and in seconds of writes', () => {
  expect(lossOf({ lag: lagOf(1_200_000, 2.2) }).sentence).toBe(
    'A promotion now would lose 1.2 MB (3 s of writes) of the database.',
  )
})

test('with the primary unseen the figures are a lower bound, and their age is told', () => {
  const loss = lossOf({ lag: lagOf(0, 0), isPrimaryCurrent: false })
  expect(loss.sentence).toBe(
    'A promotion now would lose at least 0 B of the database, as the primary was last seen 4 s ago.',
  )
  expect(loss.database).toMatchObject({ isUpperBound: false, primaryLsnAgeSeconds: 4 })
})

test('with the primary unseen the directories still follow in the same sentence', () => {
  const loss = lossOf({ isPrimaryCurrent: false, directories: [directory('Vault', 18)] })
  expect(loss.sentence).toBe(
    'A promotion now would lose at least 0 B of the database, as the primary was last seen 4 s ago, and up to 18 s of Vault.',
  )
})

test('a primary that was never seen is an unknown loss, not none', () => {
  expect(lossOf({ lag: lagOf(null, null), isPrimaryCurrent: false }).sentence).toBe(
    'A promotion now would lose an unknown part of the database.',
  )
})

test('a directory that was never copied is lost whole', () => {
  expect(lossOf({ lag: null, directories: [directory('Vault', null), directory('Etc', 40)] }).sentence).toBe(
    'A promotion now would lose all of Vault (never copied) and up to 40 s of Etc.',
  )
})

test('a pair that copies nothing says so', () => {
  expect(lossOf({ lag: null }).sentence).toMatch(/lose everything/)
})

test('behind the sentence stand the last commit, the primary’s position, and every directory, the oldest first', () => {
  const loss = lossOf({
    lag: lagOf(1_200_000, 2.2),
    isPrimaryCurrent: false,
    lastReplayedCommitAt: '2026-11-25T14:07:26.500Z',
    directories: [
      directory('Vault', 18),
      directory('Reports', 1501),
      directory('Etc', null),
      directory('Settings', 201),
    ],
  })
  expect(lossLines(loss, { hasDatabase: true })).toEqual([
    'Database: at least 1.2 MB of WAL, 2.2 s',
    'Last commit that the standby replayed: 2026-11-25T14:07:26.500Z',
    'Primary: at 0/5000100, as seen 4 s before',
    'Etc: all of it, it was never copied',
    'Reports: up to 26 min',
    'Settings: up to 4 min',
    'Vault: up to 18 s',
  ])
  expect(lossLines(loss, { hasDatabase: false })).toHaveLength(4)
})

test('what is not known behind the sentence is said so, never left out', () => {
  const loss = lossOf({ lag: lagOf(null, null), isPrimaryCurrent: false })
  expect(lossLines(loss, { hasDatabase: true })).toEqual([
    'Database: not known: the primary was never seen',
    'Last commit that the standby replayed: not known',
    'Primary: its position was never seen',
  ])
})

test.each([
  [0.2, '1 s'],
  [90, '90 s'],
  [91, '2 min'],
  [5400, '90 min'],
  [5401, '2 h'],
  [172_801, '3 d'],
])('%d seconds are at most %s', (seconds, text) => {
  expect(atMost(seconds)).toBe(text)
})
