import type { ProfileSummary } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** What applications can be protected, by title. */
export async function listProfiles(context: ServiceContext): Promise<readonly ProfileSummary[]> {
  await requireRole(context, 'viewer', 'profile.list')
  return [...context.profiles.values()]
    .map(({ id, title, directories, walKeepSegments }) => ({
      id,
      title,
      directories,
      defaultWalKeepSegments: walKeepSegments,
    }))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
}
