import type { ProfileProblem } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** Files of profiles that can't be used, as they were when this process began. */
export async function listProfileProblems(context: ServiceContext): Promise<readonly ProfileProblem[]> {
  await requireRole(context, 'viewer', 'profile.list-problems')
  return context.profileProblems
}
