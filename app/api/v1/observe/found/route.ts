import { route } from '@/app/_server/route-adapter'
import { findReplication } from '@/lib/services/observe/find-replication'

export const POST = route((context, { body }) => findReplication(context, body))
