import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  borderSizes,
  type CopiedTree,
  copyWork,
  type SizeClass,
  streamsAtOnce,
  streamsMax,
  withoutInner,
} from '@/lib/domain/copy-streams'

const mega = 1024 * 1024
const of = (upToBytes: number, files: number, bytes = (files * upToBytes * 3) / 4): SizeClass => ({
  upToBytes,
  files,
  bytes,
})
const tree = (...sizes: SizeClass[]): CopiedTree => ({ sizes, isWhole: true })

/** Work of each stream, by the borders. */
function worksOf(whole: CopiedTree, borders: readonly number[]): readonly number[] {
  const ends = [...borders, Number.POSITIVE_INFINITY]
  return ends.map((end, index) =>
    copyWork({
      ...whole,
      sizes: whole.sizes.filter(({ upToBytes }) => upToBytes <= end && upToBytes > (ends[index - 1] ?? 0)),
    }),
  )
}

describe('how a directory is parted', () => {
  test('small files go beside large ones', () => {
    const mixed = tree(of(16_384, 20_000), of(128 * mega, 10, 1_000 * mega))
    expect(borderSizes(mixed, 2)).toEqual([16_384])
  })

  test.each([
    ['has no file', tree()],
    ['is small', tree(of(1024, 500), of(65_536, 20), of(mega, 4))],
    ['has one huge file', tree(of(2 ** 40, 1, 2 ** 40))],
    ['has one huge file and next to nothing beside it', tree(of(64, 10), of(2 ** 40, 1, 2 ** 40))],
    ['has files of one size alone', tree(of(4096, 1_000_000))],
  ])('one that %s is copied by one stream', (_, one) => {
    expect(borderSizes(one, streamsMax)).toEqual([])
  })

  test('no more streams than it is worth: one that would save less than a second is not made', () => {
    const most = tree(of(4096, 100), of(mega, 900, 700 * mega), of(2 ** 30, 2, 2_000 * mega))
    expect(borderSizes(most, 4)).toEqual([mega])
  })

  test('of so many files that their lists would take the hosts’ memory, fewer streams list them', () => {
    const files = (count: number) =>
      tree(...[1, 2, 4, 8].map((times) => of(times * 1024, count / 4, (count / 4) * times * 700)))
    expect(borderSizes(files(1_000_000), 4)).toHaveLength(3)
    expect(borderSizes(files(2_000_000), 4)).toHaveLength(1)
    expect(borderSizes(files(3_000_000), 4)).toHaveLength(0)
  })

  test('of a tree that was not counted to its end no more than two', () => {
    const sizes = [1, 2, 4, 8].map((times) => of(times * 1024, 100_000))
    expect(borderSizes({ sizes, isWhole: true }, 4)).toHaveLength(3)
    expect(borderSizes({ sizes, isWhole: false }, 4)).toHaveLength(1)
  })

  test('whatever there is: never more streams than asked for, each with files, borders rise, and none has more work than it must', () => {
    const sizes = fc.uniqueArray(
      fc.record({ power: fc.integer({ min: 6, max: 40 }), files: fc.integer({ min: 1, max: 100_000 }) }),
      { selector: ({ power }) => power, maxLength: 20 },
    )
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: streamsMax }), (classes, streams) => {
        const whole = tree(...classes.map(({ power, files }) => of(2 ** power, files)))
        const borders = borderSizes(whole, streams)
        expect(borders.length).toBeLessThan(streams)
        expect(borders).toEqual(borders.toSorted((one, other) => one - other))
        const works = worksOf(whole, borders)
        if (classes.length > 0) for (const work of works) expect(work).toBeGreaterThan(0)
        const largest = Math.max(0, ...whole.sizes.map((one) => copyWork({ ...whole, sizes: [one] })))
        if (borders.length > 0)
          expect(Math.max(...works)).toBeLessThanOrEqual(copyWork(whole) / (borders.length + 1) + largest)
      }),
    )
  })
})

test('as many streams run at once as the weaker host has processors, but two at least and few enough for sshd', () => {
  expect(streamsAtOnce([8, 3])).toBe(3)
  expect(streamsAtOnce([64, 32])).toBe(streamsMax)
  expect(streamsAtOnce([1, 8])).toBe(2)
  expect(streamsAtOnce([8, null])).toBe(2)
})

test('what lies in a directory and is copied by itself does not count for it', () => {
  const whole = tree(of(64, 3, 100), of(128, 5, 600), of(mega, 1, mega))
  expect(withoutInner(whole, [tree(of(64, 3, 100)), tree(of(128, 1, 120))])).toEqual(
    tree(of(128, 4, 480), of(mega, 1, mega)),
  )
  expect(withoutInner(whole, [])).toEqual(whole)
  // Counted at another moment, there may be more of it.
  expect(withoutInner(whole, [tree(of(64, 9, 900))]).sizes).toEqual(whole.sizes.slice(1))
  expect(withoutInner(whole, [{ sizes: [], isWhole: false }]).isWhole).toBe(false)
})
