import { route } from '@/app/_server/route-adapter'
import { listLogFiles } from '@/lib/services/logs/list-log-files'

export const GET = route((context, { params }) => listLogFiles(context, params))
