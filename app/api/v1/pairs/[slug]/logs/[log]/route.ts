import { route } from '@/app/_server/route-adapter'
import { readLog } from '@/lib/services/logs/read-log'

export const GET = route((context, { params, query }) => readLog(context, { ...query, ...params }))
