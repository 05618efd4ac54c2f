import { route } from '@/app/_server/route-adapter'
import { listRecentRuns } from '@/lib/services/logs/list-recent-runs'

export const GET = route((context, { params, query }) => listRecentRuns(context, { ...query, ...params }))
