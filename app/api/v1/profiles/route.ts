import { route } from '@/app/_server/route-adapter'
import { listProfiles } from '@/lib/services/list-profiles'

export const GET = route((context) => listProfiles(context))
