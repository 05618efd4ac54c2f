import type { FileRole } from '@/lib/domain/file-role'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Proof } from '@/lib/operations/engine/step'
import { readFileRoleOf } from '@/lib/operations/read-file-role'

/**
 * The proof of a dangerous step where the pair has no database: the host itself says one of these roles. That it is the machine of the
 * plan, reached under its pinned host key and still held by this operation, was proved by the engine just before.
 */
export function proveFileRole<C extends Pick<AnyOperationContext, 'doors' | 'hosts' | 'pair'>>(
  role: Role,
  allowed: readonly FileRole[],
): Proof<C> {
  return async (context) => {
    const { name } = context.hosts[role]
    const found = await readFileRoleOf(context, role)
    if (found !== null && allowed.includes(found))
      return `${name} proved itself: it is the ${found} of the files.`
    throw new AppError(
      'PRECONDITION_FAILED',
      found === null ? `${name} has no role for the files.` : `${name} is the ${found} of the files.`,
      {
        fix: 'Somebody changed it since the plan was made: find out who, then resume or plan again.',
        detail: `expected: ${allowed.join(' or ')}`,
      },
    )
  }
}
