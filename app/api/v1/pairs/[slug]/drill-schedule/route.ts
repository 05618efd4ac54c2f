import { route } from '@/app/_server/route-adapter'
import { setDrillSchedule } from '@/lib/services/drills/set-drill-schedule'

export const PUT = route(
  (context, { params, body }) => setDrillSchedule(context, { ...body, slug: params.slug }),
  204,
)
