import { daySeed } from '../../bin/day-seed.mjs'

export { daySeed }

/** Whether nothing is left to the seed: `PROOFS=all`. */
export const areAll = process.env.PROOFS === 'all'

/** Numbers from 0 to 1, the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** All of them, in an order that is chosen by these numbers from 0 to 1. */
export const shuffled = <Item>(items: readonly Item[], random: () => number): readonly Item[] =>
  items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item)

/** All of them, in an order that is chosen by the seed. */
export const inOrderOf = <Item>(seed: number, items: readonly Item[]): readonly Item[] =>
  shuffled(items, seededRandom(seed))

/** One of `oneOf` of them, chosen by the day's seed, in their order; at least one, and with `PROOFS=all` all. */
export function ofToday<Item>(items: readonly Item[], oneOf: number): readonly Item[] {
  if (areAll) return items
  const chosen = new Set(inOrderOf(daySeed, items).slice(0, Math.ceil(items.length / oneOf)))
  return items.filter((item) => chosen.has(item))
}

/** Of groups of about the same length, what has not its turn today: all but one of each, chosen by the day's seed; with `PROOFS=all` nothing. */
export const notToday = <Item>(groups: readonly (readonly Item[])[]): readonly Item[] =>
  areAll ? [] : groups.flatMap((group, index) => inOrderOf(daySeed + index, group).slice(1))
