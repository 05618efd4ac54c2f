import { route } from '@/app/_server/route-adapter'
import { listDirectoryRuns } from '@/lib/services/logs/list-directory-runs'

export const GET = route((context, { params, query }) => listDirectoryRuns(context, { ...query, ...params }))
