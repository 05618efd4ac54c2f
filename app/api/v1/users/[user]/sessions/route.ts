import { route } from '@/app/_server/route-adapter'
import { endUserSessions } from '@/lib/services/users/end-user-sessions'

export const DELETE = route((context, { params }) => endUserSessions(context, { userId: params.user }), 204)
