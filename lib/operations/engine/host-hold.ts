import type { RecordedEvent, StepHost } from '@/lib/domain/operation'

/**
 * What an operation does on its hosts around its steps: the lock that keeps other operations off, and the transcript. The engine
 * calls it, so no step has to. `lib/operations/hold-hosts.ts` is the one on real hosts.
 */
export type HostHold = {
  /**
   * Holds every host that a step acts on, and the other one where it answers; called whenever a worker takes the operation up, and
   * keeps what it holds already. From then on the hosts show that the operation is at work. Returns sentences for the record. Throws
   * PAIR_BUSY that names the holder, WRONG_HOST, HOST_* where a host can't be reached, but for `spared` ones: nothing is left to do
   * there, so one that is away is done without.
   */
  take(signal: AbortSignal, spared?: ReadonlySet<StepHost>): Promise<readonly string[]>
  /** Just before a step acts: the machine of the plan, and still held. Throws WRONG_HOST, PAIR_BUSY, HOST_*. */
  prove(host: StepHost): Promise<void>
  /** Lets go of the hosts. Never throws; returns sentences on what was not possible. */
  release(): Promise<readonly string[]>
  /** Appends to the transcript on the hosts what is not there yet. Never throws, returns as `release`. */
  write(events: readonly RecordedEvent[]): Promise<readonly string[]>
}
