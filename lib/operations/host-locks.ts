import { readLock } from '@/lib/commands/host-lock'
import type { Host } from '@/lib/domain/host'
import { type HostLock, parseHostLock } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import type { OperationId } from '@/lib/domain/operation'
import { isTerminal } from '@/lib/domain/operation-state'
import type { HostDoor } from '@/lib/ports/host-door'
import type { DashboardRepository, OperationRepository } from '@/lib/ports/store'

/** What a dashboard knows of itself, to judge a lock by. */
export type LockJudge = {
  readonly dashboard: DashboardRepository
  readonly operations: Pick<OperationRepository, 'find'>
}

/** `lock` is null where the file is there and can't be understood. */
export type FoundLock = { readonly isHeld: false } | { readonly isHeld: true; readonly lock: HostLock | null }

/** What stands on a host now. Throws HOST_*. */
export async function readHostLock(door: HostDoor, host: Host): Promise<FoundLock> {
  const { stdout } = await door.ask(readLock(hostPlaces(host)), { timeoutMs: 5_000 })
  return stdout.startsWith('held') ? { isHeld: true, lock: parseHostLock(stdout) } : { isHeld: false }
}

/**
 * Whether the lock is one that this dashboard left and that nobody needs: its own store says that the operation has ended. An
 * operation that the store has not is one of a pair that was removed. Of another dashboard's lock nothing can be said.
 */
export async function isLeftBehind(lock: HostLock | null, judge: LockJudge): Promise<boolean> {
  if (lock === null || lock.dashboardId !== (await judge.dashboard.identity())) return false
  return await hasEnded(judge, lock.operationId)
}

async function hasEnded({ operations }: LockJudge, operationId: OperationId): Promise<boolean> {
  const operation = await operations.find(operationId)
  return operation === null || isTerminal(operation.state)
}
