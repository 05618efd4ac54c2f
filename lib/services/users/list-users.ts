import type { UserView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

export async function listUsers(context: ServiceContext): Promise<readonly UserView[]> {
  await requireRole(context, 'administrator', 'user.list')
  return context.store.users.list()
}
