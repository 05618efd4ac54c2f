import type { ActionId } from '@/lib/domain/states'
import { type UserRole, userRoles } from '@/lib/domain/user'

/** Who may do what to a pair. Making one, or taking it apart, decides over hosts, so it is an administrator's. */
export const neededRoles: Readonly<Record<ActionId, UserRole>> = {
  create: 'administrator',
  adopt: 'administrator',
  promote: 'operator',
  switchover: 'operator',
  fence: 'operator',
  're-pair': 'operator',
  pause: 'operator',
  resume: 'operator',
  'change-settings': 'administrator',
  unpair: 'administrator',
  drill: 'operator',
  sync: 'operator',
  'repair-files': 'operator',
}

/** Who may cancel, resume, undo or close an operation. */
export const neededForOperations: UserRole = 'operator'

/** Why this role may not, or null when it may. */
export const whyNotAllowed = (role: UserRole, needed: UserRole): string | null =>
  userRoles.indexOf(role) >= userRoles.indexOf(needed)
    ? null
    : `This needs the role ${needed}; yours is ${role}.`
