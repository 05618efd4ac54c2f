import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateLag, laterOf } from '@/lib/domain/lag'
import { bytesToLsn } from '@/lib/domain/lsn'
import { addSample, type LsnHistory, passedAtMs, positionAt, toSample } from '@/lib/domain/lsn-history'

const start = Date.parse('2026-11-23T02:00:00.000Z')
const lsn = (bytes: number) => bytesToLsn(BigInt(bytes))
const historyOf = (...samples: readonly (readonly [seconds: number, bytes: number])[]): LsnHistory =>
  samples.reduce<LsnHistory>(
    (history, [seconds, bytes]) => addSample(history, toSample(start + seconds * 1000, lsn(bytes))),
    [],
  )
const lagAt = (primary: LsnHistory, bytes: number, commitSeconds: number | null = null) =>
  estimateLag({
    primary,
    received: lsn(bytes),
    replayed: lsn(bytes),
    replayedCommitAtMs: commitSeconds === null ? null : start + commitSeconds * 1000,
  })

test('nothing missing on a primary that has been idle for an hour is 0 bytes and 0 seconds', () => {
  const idle = historyOf(...Array.from({ length: 3600 }, (_, second) => [second, 5000] as const))
  expect(lagAt(idle, 5000).replay).toEqual({ bytes: 0, seconds: 0 })
})

test('seconds grow from the moment the primary wrote past the standby, not from its last commit', () => {
  const primary = historyOf([0, 5000], [1, 5000], [2, 5000], [3, 6000], [4, 6000], [63, 6000])
  expect(lagAt(primary, 5000, -3600).replay).toEqual({ bytes: 1000, seconds: 61 })
})

test('a standby between two samples is placed between their times', () => {
  expect(lagAt(historyOf([0, 0], [10, 1000]), 750).receive).toEqual({ bytes: 250, seconds: 2.5 })
})

test('a standby ahead of the last sample, because it was read later, is not behind', () => {
  expect(lagAt(historyOf([0, 0], [1, 1000]), 1200).receive).toEqual({ bytes: 0, seconds: 0 })
})

test('when the history is too short the last replayed commit stands in', () => {
  const lag = lagAt(historyOf([100, 5000], [101, 5100]), 4000, 40)
  expect(lag.replay).toEqual({ bytes: 1100, seconds: 61 })
  expect(lag.unknownBecause).toBe('')
})

test('a commit of the future, by a clock that was put right, never makes negative seconds', () => {
  expect(lagAt(historyOf([100, 5000], [101, 5100]), 4000, 500).replay).toEqual({ bytes: 1100, seconds: 1 })
})

test('with neither history nor commit the bytes are known and the seconds say why not', () => {
  const lag = lagAt(historyOf([100, 5000]), 4000)
  expect(lag.receive).toEqual({ bytes: 1000, seconds: null })
  expect(lag.unknownBecause).toMatch(/before it was first read/)
})

test('a gap in the history, as over a restart, is narrowed by the last replayed commit', () => {
  expect(lagAt(historyOf([0, 0], [7200, 1_000_000]), 100, 7100).replay.seconds).toBe(100)
})

test('with the primary gone, its last position stays, with the time of its reading', () => {
  const lag = lagAt(historyOf([0, 1000], [1, 2000]), 1000)
  expect(lag.primaryLsn).toBe(lsn(2000))
  expect(lag.primaryLsnAt).toBe('2026-11-23T02:00:01.000Z')
  expect(lag.receive.bytes).toBe(1000)
})

test('a primary that was never read is unknown with a reason, not 0', () => {
  const lag = lagAt([], 1000)
  expect(lag.receive).toEqual({ bytes: null, seconds: null })
  expect(lag.unknownBecause).not.toBe('')
})

test('a standby that was never read is unknown with a reason', () => {
  const lag = estimateLag({
    primary: historyOf([0, 1000]),
    received: null,
    replayed: null,
    replayedCommitAtMs: null,
  })
  expect(lag.replay.bytes).toBeNull()
  expect(lag.unknownBecause).toMatch(/standby’s position/)
})

test('a receiver that counts from the start of a segment again does not undo what was replayed', () => {
  const lag = estimateLag({
    primary: historyOf([0, 1000]),
    received: lsn(500),
    replayed: lsn(1000),
    replayedCommitAtMs: null,
  })
  expect(lag.receive).toEqual({ bytes: 0, seconds: 0 })
  expect(laterOf(null, lsn(7))).toBe(lsn(7))
})

test('a position that falls begins a new history: another cluster is not compared with the old one', () => {
  expect(historyOf([0, 9000], [1, 100])).toHaveLength(1)
})

test('the position at an instant is the last one read before it', () => {
  const history = historyOf([0, 100], [10, 200])
  expect(positionAt(history, start + 9000)).toBe(100)
  expect(positionAt(history, start - 1)).toBeNull()
  expect(passedAtMs(history, 200, null)).toBeNull()
})

/** Bytes written in each second of a made-up primary; most seconds idle, some bursts. */
const writing = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50_000_000 })), {
  minLength: 5,
  maxLength: 400,
})

test('whatever the primary writes, seconds are right within one sampling interval', () => {
  fc.assert(
    fc.property(writing, fc.nat(), (seconds, pick) => {
      const written = [0]
      for (const bytes of seconds) written.push((written.at(-1) ?? 0) + bytes)
      const stoppedAt = pick % written.length
      const position = written[stoppedAt] ?? 0
      const history = historyOf(...written.map((bytes, second) => [second, bytes] as const))
      const truth = written.findIndex((bytes) => bytes > position)
      const lag = lagAt(history, position).replay
      const now = written.length - 1
      if (truth === -1) expect(lag).toEqual({ bytes: 0, seconds: 0 })
      else expect(Math.abs((lag.seconds ?? Number.NaN) - (now - truth))).toBeLessThanOrEqual(1)
    }),
  )
})

test('a week of samples stays bounded, and its moments right within 5 % or two sampling intervals', () => {
  let history: LsnHistory = []
  const week = 7 * 24 * 3600
  for (let second = 0; second <= week; second += 30)
    history = addSample(history, toSample(start + second * 1000, lsn(second * 1000)))
  expect(history.length).toBeLessThanOrEqual(1024)
  for (const ageSeconds of [7, 90, 1200, 11_400, 86_400, 500_000]) {
    const seconds = lagAt(history, (week - ageSeconds) * 1000).replay.seconds ?? Number.NaN
    expect(Math.abs(seconds - ageSeconds)).toBeLessThanOrEqual(Math.max(60, 0.05 * ageSeconds))
  }
})
