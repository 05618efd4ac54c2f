import type { OperationState, Plan } from '@/lib/domain/operation'
import { requestNumberOf } from '@/lib/domain/operation-state'
import { type OperationVerb, operationPermissions } from '@/lib/domain/operation-verbs'
import { askOperation } from '@/lib/operations/ask-operation'
import type { HostHold } from '@/lib/operations/engine/host-hold'
import { bindSteps } from '@/lib/operations/engine/opened-operation'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { runOperation } from '@/lib/operations/engine/run-operation'
import type { Step } from '@/lib/operations/engine/step'
import { systemClock } from '@/lib/time'
import { DurableJournal } from '@/test/harness/memory-durable'
import { memoryOperation } from '@/test/harness/memory-operations'

/** One fresh world in which an operation can be tried, and what must be true of it, read from the world itself. */
export type ProvingGround<C> = {
  readonly plan: Plan
  readonly steps: readonly Step<C>[]
  readonly context: C
  readonly hold: HostHold
  /** Calls it as soon as the hosts have done `count` commands more, before whoever ran the last one hears of its end. */
  onceActed?(count: number, listener: () => void): void
  /** Throws where an invariant that holds at all times does not hold now. */
  verifyInvariants(): Promise<void>
  /** Throws unless the world is as the finished operation leaves it. */
  verifyDone(): Promise<void>
  /** Throws unless the world is as it was before. */
  verifyUndone(): Promise<void>
  dispose(): Promise<void>
}

/** One operation with its record and its journal; a `life` is one process that works on it. */
export class EngineTrial<C> {
  #journal = new DurableJournal()

  constructor(
    readonly ground: ProvingGround<C>,
    readonly operations = memoryOperation(ground.plan),
  ) {}

  /** One process: ends with the operation's state, or `dead` where it was killed. */
  async life(
    steps: readonly Step<C>[] = this.ground.steps,
    controller = new AbortController(),
  ): Promise<OperationState | 'dead'> {
    try {
      return await runOperation({
        operation: this.operations.current(),
        open: async () =>
          bindSteps(steps, this.ground.context, {
            hold: this.ground.hold,
            hide: (text) => text,
            close: async () => undefined,
          }),
        record: this.operations,
        durable: this.#journal.durable(controller.signal),
        requestNumber: requestNumberOf(this.operations.recorded),
        clock: systemClock,
        graceMs: 2_000,
        onError: () => undefined,
      })
    } catch (error) {
      if (error instanceof LeftRunning) return 'dead'
      throw error
    } finally {
      await this.ground.verifyInvariants()
    }
  }

  async ask(verb: OperationVerb): Promise<void> {
    await askOperation(this.operations, {
      operationId: this.ground.plan.operationId,
      verb,
      by: 'prover',
      why: 'A proof.',
    })
    this.#journal = new DurableJournal()
  }

  /** Throws, with the end of the record, unless the operation came to one of these states. */
  expect(state: OperationState | 'dead', ...expected: readonly (OperationState | 'dead')[]): void {
    if (expected.includes(state)) return
    const last = this.operations.recorded.slice(-3).map(({ event }) => JSON.stringify(event))
    throw new Error(`the operation is ${state} and not ${expected.join(' or ')}; last: ${last.join(' ')}`)
  }

  /** Undoes it and proves that all is as before; behind the point of no return: that undo is refused, and resume ends well. */
  async undoOrResume(): Promise<void> {
    const permission = operationPermissions(this.operations.current(), this.operations.recorded).undo
    if (permission.allowed) {
      await this.ask('undo')
      this.expect(await this.life(this.ground.steps.map(undoneTwice)), 'undone')
      await this.ground.verifyUndone()
    } else {
      await this.ask('resume')
      this.expect(await this.life(), 'succeeded')
      await this.ground.verifyDone()
    }
  }
}

/** A step whose undo is always called twice. */
function undoneTwice<C>(step: Step<C>): Step<C> {
  const { undo } = step
  if (!undo) return step
  return {
    ...step,
    undo: async (context, io) => {
      await undo(context, io)
      return undo(context, io)
    },
  }
}
