import { route } from '@/app/_server/route-adapter'
import { confirmHostKey } from '@/lib/services/hosts/confirm-host-key'
import { readRegisteredHostKey } from '@/lib/services/hosts/read-registered-host-key'

export const GET = route((context, { params }) => readRegisteredHostKey(context, { hostId: params.host }))

export const PUT = route((context, { params, body }) =>
  confirmHostKey(context, { ...body, hostId: params.host }),
)
