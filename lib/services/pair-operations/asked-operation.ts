import { planPairInput } from '@/lib/domain/inputs'
import { neededRoles } from '@/lib/domain/needed-roles'
import type { UserRole } from '@/lib/domain/user'

const named = planPairInput.pick({ operation: true })

/**
 * Which operation is asked for and who may, told before anything else is looked at: the audit of a refusal names it. One that there
 * is not is an operator's to be told.
 */
export function askedOperation(given: unknown): { readonly name: string; readonly needed: UserRole } {
  const { data } = named.safeParse(given)
  return data
    ? { name: data.operation, needed: neededRoles[data.operation] }
    : { name: 'operation', needed: 'operator' }
}
