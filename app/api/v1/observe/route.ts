import { route } from '@/app/_server/route-adapter'
import { observePair } from '@/lib/services/observe/observe-pair'

export const POST = route((context, { body }) => observePair(context, body), 204)
