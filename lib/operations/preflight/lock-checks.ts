import type { GivingWay } from '@/lib/domain/giving-way'
import type { Host } from '@/lib/domain/host'
import { heldFix, holderSentence } from '@/lib/domain/host-lock'
import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { toPublicError } from '@/lib/errors'
import { isLeftBehind, type LockJudge, readHostLock } from '@/lib/operations/host-locks'
import { fail, notApplicable, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
import type { HostDoor } from '@/lib/ports/host-door'

async function outcomeOf(
  host: Host,
  door: HostDoor,
  judge: LockJudge,
  givingWay: GivingWay | null,
): Promise<Outcome> {
  try {
    const found = await readHostLock(door, host)
    if (!found.isHeld) return pass(`No operation holds ${host.name}.`)
    if (await isLeftBehind(found.lock, judge))
      return pass(`An operation that has ended left its lock on ${host.name}: it is taken over.`)
    if (givingWay && found.lock?.operationId === givingWay.operationId)
      return pass(`The promotion that stands holds ${host.name}: it is closed when this begins.`)
    return fail(holderSentence(host.name, found.lock), heldFix(host.name))
  } catch (error) {
    return notApplicable(`${host.name} could not be asked: ${toPublicError(error).message}`)
  }
}

/**
 * Rule 8 before anything is started: nobody else, from whichever dashboard, holds one of the hosts; but a promotion that gives way
 * may. Never throws.
 */
export async function lockChecks(
  hosts: Readonly<Record<Role, Host>>,
  doors: Readonly<Record<Role, HostDoor>>,
  judge: LockJudge,
  givingWay: GivingWay | null = null,
): Promise<readonly PreflightCheck[]> {
  const check = async (role: Role) =>
    toCheck(
      `${role}-lock`,
      'Not held by another operation',
      role,
      await outcomeOf(hosts[role], doors[role], judge, givingWay),
    )
  return await Promise.all([check('primary'), check('standby')])
}
