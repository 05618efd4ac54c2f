import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '@/lib/domain/host'
import type { Operation, OperationId } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'

/** A host that is only just coming up may not let everything be removed yet. */
const pausesMs: readonly number[] = [0, 2_000, 10_000, 30_000]
const laterMs = 60_000
/** What can't be removed for longer needs somebody. */
const roundsMax = 20

/** Whether what a drill made is still to be removed, and nobody works on it: it is taken back by itself once, and this is after that. */
const isLeft = ({ kind, state }: Operation): boolean =>
  kind === 'drill' && (state === 'undo-failed' || state === 'interrupted')

/**
 * Has a drill that could not remove what it made, because its host was away it may be, do so as soon as that host answers: nobody should have to look
 * after a throwaway copy, and while it stands nothing else of the pair can begin. Given each host that answers anew.
 */
export function createClearDrill(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  { log, signal }: { log: WorkerLog; signal: AbortSignal },
): (host: Host) => void {
  const context = asUnderstudy(ground)
  const { operations, pairs } = context.store
  const busy = new Set<OperationId>()
  const clear = async (id: OperationId) => {
    for (let round = 0; round < roundsMax; round += 1) {
      await sleep(pausesMs[round] ?? laterMs, undefined, { signal })
      const operation = await operations.find(id)
      if (!operation || !(isLeft(operation) || isInFlight(operation.state))) return
      if (isLeft(operation)) {
        const reason = 'The standby answers: what the drill made there is removed.'
        await askOfOperation(context, { operationId: id, verb: 'undo', reason })
      }
    }
  }
  const clearOnce = async (id: OperationId) => {
    if (busy.has(id)) return
    busy.add(id)
    try {
      await clear(id)
    } finally {
      busy.delete(id)
    }
  }
  const clearAll = async (host: Host) => {
    const ofHost = (await pairs.list()).filter(({ hosts }) => hosts.standby === host.id)
    const current = await Promise.all(ofHost.map(({ id }) => operations.current(id)))
    await Promise.all(
      current.flatMap((operation) => (operation && isLeft(operation) ? [clearOnce(operation.id)] : [])),
    )
  }
  return (host) =>
    void clearAll(host).catch((err: unknown) => {
      if (!signal.aborted) log.warn({ err, host: host.name }, 'what a drill made could not be removed yet')
    })
}
