import type { Host, HostId } from '@/lib/domain/host'

/** Tells of each host once that it answers: when it is first seen, and whenever it was away or forgotten in between. */
export class AnswerTeller {
  readonly #answering = new Set<HostId>()

  constructor(private readonly tell: ((host: Host) => void) | undefined) {}

  /** What a look has seen of a host. */
  see(host: Host, answers: boolean): void {
    if (!answers) this.#answering.delete(host.id)
    else if (!this.#answering.has(host.id)) {
      this.#answering.add(host.id)
      this.tell?.(host)
    }
  }

  /** Tells of all of them anew when they are next seen. */
  forget(): void {
    this.#answering.clear()
  }
}
