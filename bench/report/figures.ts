/** What a figure was over all rounds. */
export type Spread = {
  readonly median: number
  readonly least: number
  readonly most: number
  readonly count: number
}

/** Null where nothing was measured. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((one, other) => one - other)
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return null
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1)
  const median = middle.reduce((sum, value) => sum + value, 0) / middle.length
  return { median, least, most, count: sorted.length }
}

const inForm = ({ median, least, most }: Spread, form: (value: number) => string, unit: string) =>
  `${form(median)} ${unit} (${form(least)} to ${form(most)})`

/** Of milliseconds: median, least and most, e.g. `309 ms (280 to 341)`. */
export const inMs = (spread: Spread) => inForm(spread, (ms) => ms.toFixed(0), 'ms')

/** Of milliseconds too, e.g. `5.60 s (5.10 to 6.02)`. */
export const inSeconds = (spread: Spread) => inForm(spread, (ms) => (ms / 1000).toFixed(2), 's')

/** Of bytes, in megabytes of 10^6. */
export const inMegabytes = (spread: Spread) => inForm(spread, (bytes) => (bytes / 1e6).toFixed(0), 'MB')

/** Something that must be so. `is` is null where there was nothing to judge it by: that is said, and breaks no limit. */
export type Demand = {
  readonly what: string
  readonly is: number | null
  readonly atMost: number
  readonly say: (value: number) => string
}

export const isMet = ({ is, atMost }: Demand): boolean => is === null || is <= atMost

export function sayDemand(demand: Demand): string {
  const { what, is, atMost, say } = demand
  if (is === null) return `${what}: must be at most ${say(atMost)}; not judged`
  return `${what}: ${say(is)}, must be at most ${say(atMost)}: ${isMet(demand) ? 'met' : 'NOT MET'}`
}

/** What was found out, and whether every limit was kept. */
export type Judgement = { readonly lines: readonly string[]; readonly isMet: boolean }
