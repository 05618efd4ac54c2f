import type { ProfileSummary } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** What applications can be protected, by title. */
export async function listProfiles(context: ServiceContext): Promise<readonly ProfileSummary[]> {
  await requireRole(context, 'viewer', 'profile.list')
  return [...context.profiles.values()]
    .map(({ id, title, directories, walKeepSegments, packages }) => ({
      id,
      title,
      directories,
      defaultWalKeepSegments: walKeepSegments,
      packages: { system: packages.system, pip: packages.pip !== null },
    }))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
}
