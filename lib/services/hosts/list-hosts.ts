import type { Host } from '@/lib/domain/host'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** Every registered host; secrets are not part of a host. */
export async function listHosts(context: ServiceContext): Promise<readonly Host[]> {
  await requireRole(context, 'viewer', 'host.list')
  return context.store.hosts.list()
}
