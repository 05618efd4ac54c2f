import { describe, expect, test } from 'vitest'
import { inMegabytes, inMs, inSeconds, isMet, type Spread, sayDemand, spreadOf } from '@/bench/report/figures'

const spread = (...values: number[]): Spread => {
  const found = spreadOf(values)
  if (!found) throw new Error('there is none')
  return found
}

describe('a spread', () => {
  test('has the value in the middle, and the mean of the two there are for an even number', () => {
    expect(spread(30, 10, 20)).toEqual({ median: 20, least: 10, most: 30, count: 3 })
    expect(spread(40, 10, 30, 20).median).toBe(25)
    expect(spread(7)).toEqual({ median: 7, least: 7, most: 7, count: 1 })
  })

  test('orders numbers as numbers', () => {
    expect(spread(1_000, 9, 80)).toMatchObject({ median: 80, least: 9, most: 1_000 })
  })

  test('is none of nothing', () => {
    expect(spreadOf([])).toBeNull()
  })

  test('says median, least and most in its unit', () => {
    expect(inMs(spread(309.4, 280, 341))).toBe('309 ms (280 to 341)')
    expect(inSeconds(spread(5_600, 5_100, 6_021))).toBe('5.60 s (5.10 to 6.02)')
    expect(inMegabytes(spread(124_600_000))).toBe('125 MB (125 to 125)')
  })
})

describe('a demand', () => {
  const demand = { what: 'ms without writes', atMost: 300, say: (ms: number) => ms.toFixed(0) }

  test('is met up to its limit, and not beyond', () => {
    expect(isMet({ ...demand, is: 300 })).toBe(true)
    expect(isMet({ ...demand, is: 300.1 })).toBe(false)
    expect(sayDemand({ ...demand, is: 250 })).toBe('ms without writes: 250, must be at most 300: met')
    expect(sayDemand({ ...demand, is: 400 })).toBe('ms without writes: 400, must be at most 300: NOT MET')
  })

  test('says that it is not judged where there is nothing to judge it by', () => {
    expect(isMet({ ...demand, is: null })).toBe(true)
    expect(sayDemand({ ...demand, is: null })).toBe('ms without writes: must be at most 300; not judged')
  })

  test('is not met by a figure that is none', () => {
    expect(isMet({ ...demand, is: Number.NaN })).toBe(false)
    expect(isMet({ ...demand, is: Number.POSITIVE_INFINITY })).toBe(false)
  })
})
