import { route } from '@/app/_server/route-adapter'
import { listProfileProblems } from '@/lib/services/list-profile-problems'

export const GET = route((context) => listProfileProblems(context))
