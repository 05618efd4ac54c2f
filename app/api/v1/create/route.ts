import { route } from '@/app/_server/route-adapter'
import { startCreate } from '@/lib/services/create/start-create'

export const POST = route(
  (context, { body, headers }) =>
    startCreate(context, { ...body, idempotencyKey: headers.get('idempotency-key') }),
  202,
)
