import { route } from '@/app/_server/route-adapter'
import { changeHostAccess } from '@/lib/services/hosts/change-host-access'

export const PUT = route((context, { params, body }) =>
  changeHostAccess(context, { ...body, hostId: params.host }),
)
