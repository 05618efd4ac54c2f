import { auditQuery } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { AuditRow } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** Who did what, newest first; go on with `beforeId` of the last row. */
export async function listAudit(context: ServiceContext, input: unknown): Promise<readonly AuditRow[]> {
  await requireRole(context, 'administrator', 'audit.list')
  const { limit, beforeId } = parseInput(auditQuery, input)
  return context.store.audit.list(beforeId === undefined ? { limit } : { limit, beforeId })
}
