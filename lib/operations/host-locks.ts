import { readLock } from '@/lib/commands/host-lock'
import type { Host } from '@/lib/domain/host'
import { type HostLock, heldFix, parseHostLock, unknownFix } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import { isTerminal } from '@/lib/domain/operation-state'
import { AppError } from '@/lib/errors'
import type { HostDoor } from '@/lib/ports/host-door'
import type { DashboardRepository, OperationRepository } from '@/lib/ports/store'

/** What a dashboard knows of itself, to judge a lock by. */
export type LockJudge = {
  readonly dashboard: DashboardRepository
  readonly operations: Pick<OperationRepository, 'find'>
}

/**
 * `lock` is null where the file is there and can't be understood. `ageSeconds`: of its last sign of life, by the host's own clock;
 * negative where that lies ahead.
 */
export type FoundLock =
  | { readonly isHeld: false }
  | { readonly isHeld: true; readonly lock: HostLock | null; readonly ageSeconds: number }

/** What stands on a host now. Throws HOST_*, also where it can't be told: no answer is not a free host. */
export async function readHostLock(door: HostDoor, host: Host): Promise<FoundLock> {
  const { state } = hostPlaces(host)
  const { exitCode, stdout } = await door.ask(readLock(hostPlaces(host)), { timeoutMs: 5_000 })
  const age = /^held (-?\d+)\n/.exec(stdout)?.[1]
  if (age !== undefined) return { isHeld: true, lock: parseHostLock(stdout), ageSeconds: Number(age) }
  if (exitCode === 0 && stdout === '') return { isHeld: false }
  throw new AppError('HOST_COMMAND_FAILED', `The lock on ${host.name} could not be looked at.`, {
    fix: `See that ${host.user} may look into ${state} there.`,
    detail: `exit code ${exitCode}`,
  })
}

/**
 * Whose a lock is. `left`: this dashboard left it and nobody needs it, its own record says that the operation has ended. `unknown`: it
 * names this dashboard, and the record does not have the operation: one that was restored from an older copy must not take over what
 * may be at work. Of another dashboard's (`theirs`, or one that can't be read) nothing can be said.
 */
export type LockStanding = 'theirs' | 'ours' | 'left' | 'unknown'

export async function standingOf(
  lock: HostLock | null,
  { dashboard, operations }: LockJudge,
): Promise<LockStanding> {
  if (lock === null || lock.dashboardId !== (await dashboard.identity())) return 'theirs'
  const operation = await operations.find(lock.operationId)
  if (operation === null) return 'unknown'
  return isTerminal(operation.state) ? 'left' : 'ours'
}

/** What can be done about a host that is held so. */
export const wayOut = (hostName: string, standing: LockStanding): string =>
  standing === 'unknown' ? unknownFix(hostName) : heldFix(hostName)
