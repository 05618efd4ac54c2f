import { route } from '@/app/_server/route-adapter'
import { findOnHosts } from '@/lib/services/create/find-on-hosts'

export const POST = route((context, { body }) => findOnHosts(context, body))
