import type { GivingWay } from '@/lib/domain/giving-way'
import type { Host } from '@/lib/domain/host'
import { holderSentence, isAtWork, lifeSentence } from '@/lib/domain/host-lock'
import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { toPublicError } from '@/lib/errors'
import { type LockJudge, readHostLock, standingOf, wayOut } from '@/lib/operations/host-locks'
import { fail, type Outcome, pass, toCheck, unasked, warn } from '@/lib/operations/preflight/outcome'
import type { HostDoor } from '@/lib/ports/host-door'

type LockQuestions = {
  /** The hosts without which the operation can't be. */
  readonly required: readonly Role[]
  /** Hosts on which no step acts: only an operation that is at work there is in the way. */
  readonly beside?: readonly Role[]
  readonly givingWay?: GivingWay | null
}

async function outcomeOf(
  host: Host,
  door: HostDoor,
  judge: LockJudge,
  { required, beside = [], givingWay }: LockQuestions,
  role: Role,
): Promise<Outcome> {
  try {
    const found = await readHostLock(door, host)
    if (!found.isHeld) return pass(`No operation holds ${host.name}.`)
    const standing = await standingOf(found.lock, judge)
    if (standing === 'left')
      return pass(`An operation that has ended left its lock on ${host.name}: it is taken over.`)
    if (givingWay && found.lock?.operationId === givingWay.operationId)
      return pass(`The promotion that stands holds ${host.name}: it is closed when this begins.`)
    if (beside.includes(role) && !isAtWork(found.ageSeconds))
      return warn(
        `${holderSentence(host.name, found.lock)} ${lifeSentence(found.ageSeconds)}`,
        'It only stands there, and nothing is done on this host: this may go on all the same.',
      )
    return fail(holderSentence(host.name, found.lock), wayOut(host.name, standing))
  } catch (error) {
    const { message, fix } = toPublicError(error)
    return unasked(
      `Whether another operation holds ${host.name} is not known: ${message}`,
      fix || `See that the login user of ${host.name} may read the lock there.`,
      required.includes(role),
    )
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
  questions: LockQuestions,
): Promise<readonly PreflightCheck[]> {
  const check = async (role: Role) =>
    toCheck(
      `${role}-lock`,
      'Not held by another operation',
      role,
      await outcomeOf(hosts[role], doors[role], judge, questions, role),
    )
  return await Promise.all([check('primary'), check('standby')])
}
