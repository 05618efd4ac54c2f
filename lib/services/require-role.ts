import { hasRole, type UserRole } from '@/lib/domain/user'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'

/**
 * The first line of every verb. Throws NOT_ALLOWED unless the actor's role is `needed` or above; the refusal is
 * written to the audit log under `action` (e.g. `host.register`).
 */
export async function requireRole(context: ServiceContext, needed: UserRole, action: string): Promise<void> {
  const { actor, origin, store } = context
  if (hasRole(actor, needed)) return
  await store.audit.append({
    actor: actor.name,
    action,
    subject: '',
    origin,
    outcome: 'refused',
    detail: `NOT_ALLOWED: ${actor.role}, needs ${needed}`,
  })
  throw new AppError('NOT_ALLOWED', `This needs the role ${needed}; yours is ${actor.role}.`, {
    fix: 'Ask an administrator to do it or to give you the role.',
  })
}
