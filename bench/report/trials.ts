/** What became of the trials of one method: its figures, what failed, and why it could not be tried at all. */
export type Trials<Figures> = {
  readonly title: string
  /** `ours` is held against the `floor`, the least that it can be, and against the `peers`. */
  readonly rank: 'ours' | 'floor' | 'peer'
  readonly figures: readonly Figures[]
  /** Why each of those failed that did. */
  readonly failures: readonly string[]
  /** Why it could not be tried, e.g. because it can't be installed here; null where it could. */
  readonly absent: string | null
}

/** What is not in the figures: what could not be tried, and what failed. */
export const sayGaps = ({ title, absent, failures, figures }: Trials<unknown>): readonly string[] => [
  ...(absent === null ? [] : [`${title}: not measured: ${absent}`]),
  ...(failures.length === 0
    ? []
    : [`${title}: ${failures.length} of ${failures.length + figures.length} failed: ${failures[0]}`]),
]

/** The methods in another order each round, so that none is always the one that runs after the same other one. */
export function inTurn<T>(methods: readonly T[], round: number): readonly T[] {
  const first = (round - 1) % Math.max(1, methods.length)
  return [...methods.slice(first), ...methods.slice(0, first)]
}

/** Collects what each method's trials give. */
export class Tally<Figures> {
  readonly #trials = new Map<string, Trials<Figures>>()

  constructor(methods: readonly Pick<Trials<Figures>, 'title' | 'rank'>[]) {
    for (const { title, rank } of methods)
      this.#trials.set(title, { title, rank, figures: [], failures: [], absent: null })
  }

  get all(): readonly Trials<Figures>[] {
    return [...this.#trials.values()]
  }

  measured(title: string, figures: Figures): void {
    this.#change(title, ({ figures: before }) => ({ figures: [...before, figures] }))
  }

  failed(title: string, why: string): void {
    this.#change(title, ({ failures }) => ({ failures: [...failures, why] }))
  }

  couldNotBeTried(title: string, why: string): void {
    this.#change(title, () => ({ absent: why }))
  }

  #change(title: string, change: (trials: Trials<Figures>) => Partial<Trials<Figures>>): void {
    const trials = this.#trials.get(title)
    if (!trials) throw new Error(`there is no method ${title}`)
    this.#trials.set(title, { ...trials, ...change(trials) })
  }
}
