import type { RecordedEvent, StepHost } from '@/lib/domain/operation'
import type { HostHold } from '@/lib/operations/engine/host-hold'

/** A hold on hosts that are not there, and what was asked of it, in order. `over` spoils it. */
export class MemoryHold implements HostHold {
  readonly asked: string[] = []
  readonly written: RecordedEvent[] = []

  constructor(private readonly over: Partial<HostHold> = {}) {}

  async take(signal: AbortSignal, spared: ReadonlySet<StepHost>): Promise<readonly string[]> {
    this.asked.push('take')
    return (await this.over.take?.(signal, spared)) ?? []
  }
  async prove(host: StepHost): Promise<void> {
    this.asked.push(`prove ${host}`)
    await this.over.prove?.(host)
  }
  async release(): Promise<readonly string[]> {
    this.asked.push('release')
    return (await this.over.release?.()) ?? []
  }
  async write(events: readonly RecordedEvent[]): Promise<readonly string[]> {
    this.asked.push('write')
    this.written.push(...events.slice(this.written.length))
    return (await this.over.write?.(events)) ?? []
  }
}
