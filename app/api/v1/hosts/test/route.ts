import { route } from '@/app/_server/route-adapter'
import { testHostAccess } from '@/lib/services/hosts/test-host-access'

export const POST = route((context, { body }) => testHostAccess(context, body))
