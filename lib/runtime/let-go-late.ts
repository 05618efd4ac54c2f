import type { Host } from '@/lib/domain/host'
import { readHostLock, standingOf } from '@/lib/operations/host-locks'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { letGoOf } from '@/lib/services/operations/let-go-of'

/**
 * For a host that was away when an operation of this dashboard ended: its lock is let go and its transcript gets the end. The host
 * itself remembers what is owed to it, so that nothing is lost with a worker. Given each host that answers anew; one that
 * goes away again is told of again.
 */
export function createLetGoLate(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  log: WorkerLog,
): (host: Host) => void {
  const context = asUnderstudy(ground)
  const letGoLate = async (host: Host) => {
    const found = await readHostLock(context.doors.door(host), host)
    if (!found.isHeld || found.lock === null) return
    if ((await standingOf(found.lock, context.store)) !== 'left') return
    const { operationId, what } = found.lock
    await letGoOf(context, operationId)
    log.info({ host: host.name, operationId, what }, 'a host still held an operation that has ended')
  }
  return (host) =>
    void letGoLate(host).catch((err: unknown) =>
      log.warn({ err, host: host.name }, 'whether a host is held could not be seen'),
    )
}
