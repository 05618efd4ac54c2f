import { route } from '@/app/_server/route-adapter'
import { readPair } from '@/lib/services/pairs/read-pair'
import { removePair } from '@/lib/services/pairs/remove-pair'

export const GET = route((context, { params }) => readPair(context, params))

export const DELETE = route((context, { params }) => removePair(context, params), 204)
