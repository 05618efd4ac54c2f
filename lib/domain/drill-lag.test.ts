import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addLook,
  nothingSeen,
  type ReplayLook,
  silenceMaxMs,
  waitingOf,
  whyGiveWay,
} from '@/lib/domain/drill-lag'
import { bytesToLsn } from '@/lib/domain/lsn'

const startMs = Date.parse('2026-11-23T03:00:00Z')
const lsn = (bytes: number) => bytesToLsn(BigInt(bytes))

/** A look at second `at`, with positions in bytes. */
const look = (at: number, known: number, replayed: number, over: Partial<ReplayLook> = {}): ReplayLook => ({
  atMs: startMs + at * 1_000,
  inRecovery: true,
  isStreaming: true,
  known: lsn(known),
  replayed: lsn(replayed),
  ...over,
})
const watching = (looks: readonly ReplayLook[]) => looks.reduce(addLook, nothingSeen)
const why = (looks: readonly ReplayLook[], limit = 10) => whyGiveWay(watching(looks), 'beta', limit)

describe('a drill', () => {
  test('goes on while replay keeps up, however much is written', () => {
    const looks = Array.from({ length: 600 }, (_, at) => look(at, 1_000 * (at + 1), 1_000 * (at + 1)))
    expect(why(looks, 1)).toBeNull()
    expect(waitingOf(watching(looks))).toEqual({ seconds: 0, bytes: 0 })
  })

  test('goes on beside an idle primary, and before anything was seen', () => {
    expect(why([look(0, 500, 500), look(3_600, 500, 500)], 1)).toBeNull()
    expect(why([])).toBeNull()
    expect(why([look(0, 0, 0, { known: null, replayed: null })])).toBeNull()
  })

  test('gives way as soon as what arrived waits longer than its limit, and says how much', () => {
    const late = (until: number) => [
      look(0, 1_000, 1_000),
      ...Array.from({ length: until }, (_, at) => look(at + 1, 1_000 + 1_000 * (at + 1), 1_000)),
    ]
    expect(why(late(10))).toBeNull()
    expect(why(late(12))).toBe('12 kB of WAL on beta waited 12 s to be replayed; the limit is 10 s.')
  })

  test('gives way where replay stands still although nothing more is written', () => {
    expect(why([look(0, 1_000, 1_000), look(1, 9_000, 1_000), look(9, 9_000, 1_000)])).toBeNull()
    expect(why([look(0, 1_000, 1_000), look(1, 9_000, 1_000), look(12, 9_000, 1_000)])).toMatch(
      /waited 1[12] s/,
    )
  })

  test('counts from its first look where replay was late before', () => {
    expect(why([look(0, 9_000, 1_000), look(10, 9_000, 2_000)])).toBeNull()
    expect(why([look(0, 9_000, 1_000), look(11, 9_000, 2_000)])).toMatch(/waited 11 s/)
  })

  test('gives way where nothing streams, but not to a stream that is just made anew', () => {
    const away = (at: number) => look(at, 1_000, 1_000, { isStreaming: false })
    expect(
      why([look(0, 1_000, 1_000), away(1), away(silenceMaxMs / 1_000), look(6, 1_000, 1_000), away(7)]),
    ).toBeNull()
    expect(why([away(0), away(6)])).toBe('beta has received nothing from its primary for 6 s.')
  })

  test('gives way at once to whoever promotes the standby', () => {
    expect(why([look(0, 1_000, 1_000, { inRecovery: false })])).toBe(
      'beta is no standby any more: it accepts writes.',
    )
  })
})

test('what waits is never more than the time that was looked at, nor less than nothing', () => {
  const anyLooks = fc
    .array(fc.record({ step: fc.integer({ min: 0, max: 5_000 }), replayed: fc.nat(100) }), {
      minLength: 1,
      maxLength: 40,
    })
    .map((steps) => {
      let known = 1
      return steps.map(({ step, replayed }, at) => {
        known += step
        return look(at, known, Math.floor((known * replayed) / 100))
      })
    })
  fc.assert(
    fc.property(anyLooks, (looks) => {
      const { seconds, bytes } = waitingOf(watching(looks))
      expect(seconds).toBeGreaterThanOrEqual(0)
      expect(seconds).toBeLessThanOrEqual(looks.length)
      expect(bytes).toBeGreaterThanOrEqual(0)
    }),
  )
})
