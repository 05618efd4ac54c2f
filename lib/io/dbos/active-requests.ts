import type { OperationId } from '@/lib/domain/operation'
import { type OperationRequest, toWorkflowId } from '@/lib/io/dbos/workflow-id'
import { LeftRunning } from '@/lib/operations/engine/ports'

type Active = {
  readonly request: OperationRequest
  readonly controller: AbortController
  readonly ended: Promise<unknown>
}

/** What this process works on now. */
export class ActiveRequests {
  readonly #active = new Map<string, Active>()

  has = (workflowId: string): boolean => this.#active.has(workflowId)

  operationIds = (): readonly OperationId[] =>
    [...this.#active.values()].map(({ request }) => request.operationId)

  /** Runs `work` with a signal of its own and forgets it when it has ended, well or not. */
  async run<T>(request: OperationRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const workflowId = toWorkflowId(request)
    const before = this.#active.get(workflowId)
    if (before) {
      before.controller.abort(new LeftRunning('this process was given it a second time'))
      await before.ended
    }
    const controller = new AbortController()
    const working = work(controller.signal)
    const entry = { request, controller, ended: working.catch(() => undefined) }
    this.#active.set(workflowId, entry)
    try {
      return await working
    } finally {
      if (this.#active.get(workflowId) === entry) this.#active.delete(workflowId)
    }
  }

  /** Aborts the work on one operation; nothing happens where there is none. */
  abort(operationId: OperationId, reason: Error): void {
    for (const { request, controller } of this.#active.values())
      if (request.operationId === operationId) controller.abort(reason)
  }

  /** Lets go of everything; resolves when all of it has ended. */
  async leaveAll(why: string): Promise<void> {
    const all = [...this.#active.values()]
    for (const { controller } of all) controller.abort(new LeftRunning(why))
    await Promise.all(all.map(({ ended }) => ended))
  }
}
