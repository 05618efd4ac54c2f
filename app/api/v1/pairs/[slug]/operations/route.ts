import { route } from '@/app/_server/route-adapter'
import { listOperations } from '@/lib/services/operations/list-operations'

export const GET = route((context, { params, query }) => listOperations(context, { ...query, ...params }))
