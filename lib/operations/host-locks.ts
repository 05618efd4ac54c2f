import { readLock } from '@/lib/commands/host-lock'
import type { Host } from '@/lib/domain/host'
import { type HostLock, parseHostLock } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import type { OperationId } from '@/lib/domain/operation'
import { isTerminal } from '@/lib/domain/operation-state'
import { AppError } from '@/lib/errors'
import type { HostDoor } from '@/lib/ports/host-door'
import type { DashboardRepository, OperationRepository } from '@/lib/ports/store'

/** What a dashboard knows of itself, to judge a lock by. */
export type LockJudge = {
  readonly dashboard: DashboardRepository
  readonly operations: Pick<OperationRepository, 'find'>
}

/** `lock` is null where the file is there and can't be understood. */
export type FoundLock = { readonly isHeld: false } | { readonly isHeld: true; readonly lock: HostLock | null }

/** What stands on a host now. Throws HOST_*, also where it can't be told: no answer is not a free host. */
export async function readHostLock(door: HostDoor, host: Host): Promise<FoundLock> {
  const { state } = hostPlaces(host)
  const { exitCode, stdout } = await door.ask(readLock(hostPlaces(host)), { timeoutMs: 5_000 })
  if (stdout.startsWith('held')) return { isHeld: true, lock: parseHostLock(stdout) }
  if (exitCode === 0) return { isHeld: false }
  throw new AppError('HOST_COMMAND_FAILED', `The lock on ${host.name} could not be looked at.`, {
    fix: `See that ${host.user} may look into ${state} there.`,
    detail: `exit code ${exitCode}`,
  })
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
