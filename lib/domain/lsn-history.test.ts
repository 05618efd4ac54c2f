import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToLsn, lsnDistanceBytes, lsnToBytes } from '@/lib/domain/lsn'
import { addSample, type LsnHistory, passedAtMs, positionAt, toSample } from '@/lib/domain/lsn-history'

const anyBytes = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn })

describe('a position in the WAL', () => {
  test('is the same as text and as bytes, over all of its 64 bits', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(lsnToBytes(bytesToLsn(bytes))).toBe(bytes)
      }),
    )
    expect(bytesToLsn(0n)).toBe('0/0')
    expect(bytesToLsn(0x1_0000_0000n)).toBe('1/0')
    expect(lsnToBytes('16/B374D848')).toBe(0x16_b374_d848n)
    expect(lsnToBytes('ffffffff/FFFFFFFF')).toBe(0xffff_ffff_ffff_ffffn)
  })

  test('is as far from another as the other from it, and the distances add up', () => {
    const near = fc.bigInt({ min: 0n, max: 2n ** 52n })
    fc.assert(
      fc.property(near, near, near, (...all) => {
        const [one = '', other = '', third = ''] = all.map(bytesToLsn)
        expect(lsnDistanceBytes(one, other)).toBe(-lsnDistanceBytes(other, one) + 0)
        expect(lsnDistanceBytes(one, other) + lsnDistanceBytes(other, third)).toBe(
          lsnDistanceBytes(one, third),
        )
        expect(lsnDistanceBytes(one, one)).toBe(0)
      }),
    )
  })

  test.each([
    '',
    '0',
    '/',
    '0/',
    '/0',
    '0/G',
    '0x1/2',
    '1/2/3',
    ' 0/1',
    '0/1\n',
    '123456789/0',
    '-1/0',
    '0/1 ',
  ])('is not %j', (text) => {
    expect(() => lsnToBytes(text)).toThrow(RangeError)
  })
})

/** Samples a second apart whose position goes on by these steps. */
const historyOf = (steps: readonly number[]): LsnHistory => {
  let bytes = 1_000
  return steps.reduce<LsnHistory>((history, step, second) => {
    bytes += step
    return addSample(history, toSample(second * 1000, bytesToLsn(BigInt(bytes))))
  }, [])
}
const anySteps = fc.array(fc.nat(5_000), { minLength: 1, maxLength: 60 })

describe('a history of positions', () => {
  test('never falls in time or position, whatever is added', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100_000), fc.nat(1_000_000)), { maxLength: 60 }), (samples) => {
        const history = samples.reduce<LsnHistory>(
          (all, [atMs, bytes]) => addSample(all, toSample(atMs, bytesToLsn(BigInt(bytes)))),
          [],
        )
        for (const [index, sample] of history.entries()) {
          const before = history[index - 1]
          expect(!before || (before.atMs < sample.atMs && before.lsnBytes <= sample.lsnBytes)).toBe(true)
        }
      }),
    )
  })

  test('begins again where the position falls: it is another cluster’s', () => {
    const history = addSample(historyOf([1, 1, 1]), toSample(10_000, '0/1'))
    expect(history).toEqual([toSample(10_000, '0/1')])
  })

  test('leaves out a sample that is not later than the last', () => {
    const history = historyOf([1, 1])
    expect(addSample(history, toSample(1000, 'F/0'))).toBe(history)
  })

  test('tells when a position was passed between the two samples around it', () => {
    fc.assert(
      fc.property(anySteps, fc.nat(200_000), (steps, extra) => {
        const history = historyOf(steps)
        const position = 1_000 + extra
        const passed = passedAtMs(history, position, null)
        const after = history.findIndex(({ lsnBytes }) => lsnBytes > position)
        if (after <= 0) {
          expect(passed).toBeNull()
          return
        }
        expect(passed).toBeGreaterThanOrEqual(history[after - 1]?.atMs ?? Number.NaN)
        expect(passed).toBeLessThanOrEqual(history[after]?.atMs ?? Number.NaN)
      }),
    )
  })

  test('takes a commit that was replayed as the earliest moment, and never a later one than what was seen', () => {
    fc.assert(
      fc.property(anySteps, fc.nat(5_000), fc.nat(100_000), (steps, extra, notBeforeMs) => {
        const history = historyOf(steps)
        const plain = passedAtMs(history, 1_000 + extra, null)
        const narrowed = passedAtMs(history, 1_000 + extra, notBeforeMs)
        const after = history.find(({ lsnBytes }) => lsnBytes > 1_000 + extra)
        if (!after) {
          expect(narrowed).toBe(null)
          return
        }
        expect(narrowed).toBeGreaterThanOrEqual(plain ?? 0)
        expect(narrowed).toBeLessThanOrEqual(after.atMs)
      }),
    )
  })

  test('gives the position of the last sample that is not later', () => {
    const history = historyOf([10, 0, 20])
    expect([-1, 0, 999, 1000, 1999, 2000, 9999].map((atMs) => positionAt(history, atMs))).toEqual([
      null,
      ...[1_010, 1_010, 1_010, 1_010, 1_030, 1_030],
    ])
  })

  test('of a week stays small, and what it tells stays right within its share of the age', () => {
    let history: LsnHistory = []
    const stepMs = 60_000
    const count = 7 * 24 * 60
    for (let minute = 0; minute < count; minute += 1)
      history = addSample(history, toSample(minute * stepMs, bytesToLsn(BigInt(1_000 + minute * 500))))
    expect(history.length).toBeLessThanOrEqual(1_024)
    const nowMs = (count - 1) * stepMs
    for (const ageMs of [stepMs * 2, 3_600_000, 86_400_000, 5 * 86_400_000]) {
      const trueMs = nowMs - ageMs
      const passed = passedAtMs(history, 1_000 + (trueMs / stepMs) * 500, null) ?? Number.NaN
      expect(Math.abs(passed - trueMs)).toBeLessThanOrEqual(Math.max(ageMs * 0.05, stepMs))
    }
  })
})
