import { route } from '@/app/_server/route-adapter'
import { readPair } from '@/lib/services/pairs/read-pair'

export const GET = route((context, { params }) => readPair(context, params))
