import { route } from '@/app/_server/route-adapter'
import { readHostKey } from '@/lib/services/hosts/read-host-key'

export const POST = route((context, { body }) => readHostKey(context, body))
