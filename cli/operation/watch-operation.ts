import type { OperationId } from '@/lib/domain/operation'
import type { OperationView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { readOperation } from '@/lib/services/operations/read-operation'

/** Notifications come with each line of output; a terminal is read by a person. */
const pauseMs = 100

/** The store can lose a notification while it reconnects: looked at this often anyway. */
const lookAgainMs = 2000

type Until = { readonly isOver: (view: OperationView) => boolean; readonly signal: AbortSignal }

/**
 * The operation's view now and after each change, until `isOver` says so or `signal` is aborted. Throws NOT_FOUND and what the
 * store throws.
 */
export async function* watchOperation(
  context: ServiceContext,
  operationId: OperationId,
  { isOver, signal }: Until,
): AsyncGenerator<OperationView> {
  let isChanged = true
  let wake: () => void = () => undefined
  const stopListening = await context.store.listen('operations', (id) => {
    if (id !== null && id !== operationId) return
    isChanged = true
    wake()
  })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal.aborted) {
      isChanged = false
      const view = await readOperation(context, { operationId })
      yield view
      if (isOver(view)) return
      await pause(pauseMs)
      if (!isChanged && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, lookAgainMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    await stopListening()
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
