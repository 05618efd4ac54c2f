import type { OperationEvent, OperationId, Progress } from '@/lib/domain/operation'
import { LeftRunning, type OperationRecord } from '@/lib/operations/engine/ports'
import { type Clock, toInstant } from '@/lib/time'

/** Progress is written twice a second at first, and less often the longer it goes on: a record of an hour stays readable. */
const progressIntervalMs = { min: 500, max: 3_000 }
const progressShare = 0.01
/** Lines kept of one step; what a host prints beyond that stands in its own log. */
const linesMax = 500
const lineLengthMax = 2_000

/** The event with all that a host, or a step, has said in its own words gone through `hide`. */
function hidden(event: OperationEvent, hide: (text: string) => string): OperationEvent {
  if ('line' in event) return { ...event, line: hide(event.line) }
  if ('sentence' in event) return { ...event, sentence: hide(event.sentence) }
  if (!('error' in event)) return event
  const { error } = event
  return { ...event, error: { ...error, message: hide(error.message), fix: hide(error.fix) } }
}

/**
 * Writes an operation's events one after another, in the name of the worker whose `operation.started` has `startSeq`. Once a
 * write was refused or failed nothing more is written: `lost` is aborted, and every later call throws `LeftRunning`.
 */
export class OperationWriter {
  readonly #lost = new AbortController()
  readonly #lines = new Map<string, number>()
  #last: Promise<void> = Promise.resolve()
  /** The latest of each thing that a step copies. */
  readonly #waiting = new Map<string, { stepId: string; progress: Progress }>()
  #timer: NodeJS.Timeout | undefined
  #hide = (text: string): string => text

  constructor(
    private readonly record: OperationRecord,
    private readonly operationId: OperationId,
    private readonly startSeq: number,
    private readonly clock: Clock,
  ) {}

  /** From now on no event holds what `hide` takes out of a text. */
  hideBy(hide: (text: string) => string): void {
    this.#hide = hide
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Resolves when the event and all before it are written. */
  async append(event: OperationEvent): Promise<void> {
    this.#flushProgress()
    this.#enqueue(event)
    await this.#last
    this.lost.throwIfAborted()
  }

  output(stepId: string, line: string): void {
    const count = (this.#lines.get(stepId) ?? 0) + 1
    this.#lines.set(stepId, count)
    if (count > linesMax) return
    const text = count === linesMax ? 'Further lines are not kept here: the log on the host has them.' : line
    this.#enqueue({ type: 'step.output', stepId, line: text.slice(0, lineLengthMax) })
  }

  progress(stepId: string, progress: Omit<Progress, 'at'>): void {
    const isFirst = this.#timer === undefined
    const at = toInstant(this.clock.now())
    this.#waiting.set(`${stepId} ${progress.label}`, { stepId, progress: { ...progress, at } })
    if (isFirst) this.#writeFrom(Date.now())
  }

  #writeFrom(begunAtMs: number): void {
    this.#writeWaiting()
    const { min, max } = progressIntervalMs
    const waitMs = Math.min(max, Math.max(min, (Date.now() - begunAtMs) * progressShare))
    this.#timer = setTimeout(() => this.#writeFrom(begunAtMs), waitMs)
    this.#timer.unref()
  }

  /** Stops the timer; what is waiting is not written. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting.clear()
  }

  #flushProgress(): void {
    this.#writeWaiting()
    this.close()
  }

  #writeWaiting(): void {
    for (const waiting of this.#waiting.values()) this.#enqueue({ type: 'step.progressed', ...waiting })
    this.#waiting.clear()
  }

  #enqueue(event: OperationEvent): void {
    this.#last = this.#last.then(async () => {
      if (this.lost.aborted) return
      try {
        await this.record.append(this.operationId, hidden(event, this.#hide), this.startSeq)
      } catch (error) {
        this.#lost.abort(new LeftRunning('the record refused an event', error))
      }
    })
  }
}
