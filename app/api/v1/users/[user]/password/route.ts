import { route } from '@/app/_server/route-adapter'
import { setUserPassword } from '@/lib/services/users/set-user-password'

export const PUT = route(
  (context, { params, body }) => setUserPassword(context, { ...body, userId: params.user }),
  204,
)
