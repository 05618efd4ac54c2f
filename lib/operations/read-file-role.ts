import { readFileRole } from '@/lib/commands/file-role'
import type { FileRole } from '@/lib/domain/file-role'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Role } from '@/lib/domain/pair'
import { parseFileRole } from '@/lib/facts/file-role'
import type { AnyOperationContext } from '@/lib/operations/context'

/** The role for the files that the host itself says; null where it has none. Throws HOST_*. */
export async function readFileRoleOf(
  { doors, hosts, pair }: Pick<AnyOperationContext, 'doors' | 'hosts' | 'pair'>,
  role: Role,
): Promise<FileRole | null> {
  const { stdout } = await doors[role].ask(readFileRole(pairPlaces(hosts[role], pair.slug)), {
    timeoutMs: 10_000,
  })
  return parseFileRole(stdout)
}
