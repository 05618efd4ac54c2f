import { route } from '@/app/_server/route-adapter'
import { listPairs } from '@/lib/services/pairs/list-pairs'

export const GET = route((context) => listPairs(context))
