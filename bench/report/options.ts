import { parseArgs } from 'node:util'

export type BenchOptions<Way extends string = never> = {
  readonly rounds: number
  /** Ids of the methods that are tried beside ours; null: all. */
  readonly only: readonly string[] | null
  /** Of the database, in GB of 10^9 bytes. */
  readonly sizeGb: number
  /** Whether what Understudy does is told step by step. */
  readonly saysSteps: boolean
  /** Of those that the bench has. */
  readonly ways: readonly Way[]
}

/**
 * Reads `[rounds] [--only ID,ID] [--size GB] [--steps] [--ways WAY,WAY]`; `ways`: those that there are. Returns what is wrong with it in
 * one line.
 */
export function readBenchOptions<Way extends string = never>(
  args: readonly string[],
  ways: readonly Way[] = [],
): BenchOptions<Way> | string {
  const options = {
    only: { type: 'string' },
    size: { type: 'string' },
    steps: { type: 'boolean' },
    ways: { type: 'string' },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [rounds = '5', ...more] = positionals
    const sizeGb = Number(values.size ?? 0.5)
    const wanted = values.ways?.split(',') ?? ways
    const unknown = wanted.filter((name) => !ways.some((way) => way === name))
    if (!/^[1-9]\d{0,2}$/.test(rounds) || more.length > 0) return 'Give a number of rounds.'
    if (!(sizeGb > 0 && sizeGb <= 100)) return 'Give the size of the database in GB, e.g. --size 2.'
    if (unknown.length > 0)
      return `There is no way ${unknown.join(', ')}; there are: ${ways.join(', ') || 'none'}.`
    return {
      rounds: Number(rounds),
      only: values.only?.split(',') ?? null,
      sizeGb,
      saysSteps: values.steps ?? false,
      ways: ways.filter((way) => wanted.includes(way)),
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
