import { route } from '@/app/_server/route-adapter'
import { listDrills } from '@/lib/services/drills/list-drills'

export const GET = route((context, { params, query }) => listDrills(context, { ...query, ...params }))
