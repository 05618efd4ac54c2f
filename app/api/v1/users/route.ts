import { route } from '@/app/_server/route-adapter'
import { createUser } from '@/lib/services/users/create-user'
import { listUsers } from '@/lib/services/users/list-users'

export const GET = route((context) => listUsers(context))

export const POST = route((context, { body }) => createUser(context, body), 201)
