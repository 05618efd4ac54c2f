import type { Durable } from '@/lib/operations/engine/ports'

/**
 * Durable execution in memory: the journal outlives the `Durable`s made of it, as checkpoints outlive a process. Throws when
 * checkpoints are asked for in another order than the time before, as a real one would.
 */
export class DurableJournal {
  readonly #results = new Map<string, string>()
  readonly #order: string[] = []

  durable(signal: AbortSignal): Durable {
    let asked = 0
    return {
      signal,
      checkpoint: async <T>(name: string, body: () => Promise<T>): Promise<T> => {
        const expected = this.#order[asked]
        if (expected !== undefined && expected !== name)
          throw new Error(`checkpoint ${name} was asked for where ${expected} was the time before`)
        if (expected === undefined) this.#order.push(name)
        asked += 1
        const kept = this.#results.get(name)
        if (kept !== undefined) return JSON.parse(kept) as T
        const result = await body()
        this.#results.set(name, JSON.stringify(result))
        return result
      },
    }
  }
}
