import { route } from '@/app/_server/route-adapter'
import { setUserRole } from '@/lib/services/users/set-user-role'

export const PUT = route((context, { params, body }) =>
  setUserRole(context, { ...body, userId: params.user }),
)
