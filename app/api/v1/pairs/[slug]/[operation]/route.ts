import { route } from '@/app/_server/route-adapter'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'

export const POST = route(
  (context, { params, body, headers }) =>
    startPairOperation(context, { ...body, ...params, idempotencyKey: headers.get('idempotency-key') }),
  202,
)
