/** A queue in front of a scarce thing: at most `limit` are held at once, the others wait in order. */
export class Slots {
  #held = 0
  readonly #limit: number
  readonly #waiting: { enter: () => void; leave: (reason: unknown) => void }[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get held(): number {
    return this.#held
  }

  /** Resolves with the function that gives the slot back (harmless when called twice), or rejects when `signal` aborts or the queue is closed first. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.#held >= this.#limit) await this.#wait(signal)
    else this.#held += 1
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#held -= 1
      this.#admit()
    }
  }

  /** Refuses everybody who waits. */
  close(reason: unknown): void {
    for (const { leave } of this.#waiting.splice(0)) leave(reason)
  }

  #admit(): void {
    while (this.#held < this.#limit) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#held += 1
      next.enter()
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        reject(signal?.reason)
      }
      const settle = (then: () => void) => {
        signal?.removeEventListener('abort', onAbort)
        then()
      }
      const entry = {
        enter: () => settle(resolve),
        leave: (reason: unknown) => settle(() => reject(reason)),
      }
      this.#waiting.push(entry)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}
