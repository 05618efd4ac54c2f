import { route } from '@/app/_server/route-adapter'
import { planCreate } from '@/lib/services/create/plan-create'

export const POST = route((context, { body }) => planCreate(context, body))
