import { route } from '@/app/_server/route-adapter'

export const PUT = route(
  (context, { body, headers }, { auth }) => auth.changePassword(headers, body, context.origin),
  204,
)
