import { route } from '@/app/_server/route-adapter'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'

export const POST = route(
  (context, { params, body }) =>
    askOfOperation(context, { ...body, operationId: params.operation, verb: params.verb }),
  202,
)
