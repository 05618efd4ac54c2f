import { route } from '@/app/_server/route-adapter'
import { removeHost } from '@/lib/services/hosts/remove-host'

export const DELETE = route((context, { params }) => removeHost(context, { hostId: params.host }), 204)
