import type { BenchOptions } from '@/bench/report/options'
import { inTurn, Tally, type Trials } from '@/bench/report/trials'

/** One way of doing what is measured. */
export type Measured = { readonly id: string; readonly title: string; readonly rank: Trials<unknown>['rank'] }

/** Throws where `only` names a method that there is not. */
export function requireKnown(only: readonly string[] | null, methods: readonly Measured[]): void {
  const ids = [...new Set(methods.map(({ id }) => id))]
  const unknown = only?.filter((id) => !ids.includes(id)) ?? []
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}; there are ${ids.join(', ')}.`)
}

/**
 * Tries each method once a round, in another order each time, and tells each outcome as it comes. What fails is told and counted, and the
 * others go on; what can't be tried is told once. Ours is always tried, of the others
 * those that `only` names.
 */
export async function runRounds<Method extends Measured, Figures>(
  all: readonly Method[],
  { rounds, only }: Pick<BenchOptions, 'rounds' | 'only'>,
  given: {
    /** A string says why the method can't be tried here. */
    readonly tryOnce: (method: Method) => Promise<Figures | string>
    readonly say: (figures: Figures) => string
    readonly tell?: (line: string) => void
  },
): Promise<readonly Trials<Figures>[]> {
  const methods = all.filter(({ id, rank }) => rank === 'ours' || (only?.includes(id) ?? true))
  const tell = given.tell ?? ((line: string) => console.log(line))
  const tally = new Tally<Figures>(methods)
  const absent = new Set<string>()
  for (let round = 1; round <= rounds; round += 1)
    for (const method of inTurn(methods, round).filter(({ id }) => !absent.has(id))) {
      const { id, title } = method
      try {
        const outcome = await given.tryOnce(method)
        if (typeof outcome === 'string') {
          absent.add(id)
          tally.couldNotBeTried(title, outcome)
        } else tally.measured(title, outcome)
        tell(`${round}: ${title}: ${typeof outcome === 'string' ? outcome : given.say(outcome)}`)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        tally.failed(title, why)
        tell(`${round}: ${title}: failed: ${why}`)
      }
    }
  return tally.all
}
