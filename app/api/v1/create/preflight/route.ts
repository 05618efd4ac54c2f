import { route } from '@/app/_server/route-adapter'
import { checkCreate } from '@/lib/services/create/check-create'

export const POST = route((context, { body }) => checkCreate(context, body))
