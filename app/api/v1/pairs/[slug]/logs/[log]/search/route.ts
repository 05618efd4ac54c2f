import { route } from '@/app/_server/route-adapter'
import { searchLog } from '@/lib/services/logs/search-log'

export const GET = route((context, { params, query }) => searchLog(context, { ...query, ...params }))
