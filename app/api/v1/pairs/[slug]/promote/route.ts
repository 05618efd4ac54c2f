import { route } from '@/app/_server/route-adapter'
import { startPromote } from '@/lib/services/promote/start-promote'

export const POST = route(
  (context, { params, body, headers }) =>
    startPromote(context, { ...body, ...params, idempotencyKey: headers.get('idempotency-key') }),
  202,
)
