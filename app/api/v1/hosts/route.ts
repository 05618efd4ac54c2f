import { route } from '@/app/_server/route-adapter'
import { listHosts } from '@/lib/services/hosts/list-hosts'
import { registerHost } from '@/lib/services/hosts/register-host'

export const GET = route((context) => listHosts(context))

export const POST = route((context, { body }) => registerHost(context, body), 201)
