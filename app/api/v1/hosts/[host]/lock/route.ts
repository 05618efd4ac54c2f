import { route } from '@/app/_server/route-adapter'
import { breakHostLock } from '@/lib/services/hosts/break-host-lock'
import { readHostLock } from '@/lib/services/hosts/read-host-lock'

export const GET = route((context, { params }) => readHostLock(context, { hostId: params.host }))

export const DELETE = route((context, { params, body }) =>
  breakHostLock(context, { ...body, hostId: params.host }),
)
