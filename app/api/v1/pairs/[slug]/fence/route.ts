import { route } from '@/app/_server/route-adapter'
import { startFence } from '@/lib/services/fence/start-fence'

export const POST = route(
  (context, { params, body, headers }) =>
    startFence(context, { ...body, ...params, idempotencyKey: headers.get('idempotency-key') }),
  202,
)
