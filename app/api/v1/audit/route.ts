import { route } from '@/app/_server/route-adapter'
import { listAudit } from '@/lib/services/list-audit'

export const GET = route((context, { query }) => listAudit(context, query))
