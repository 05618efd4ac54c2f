import { route } from '@/app/_server/route-adapter'
import { installHostRights } from '@/lib/services/hosts/install-host-rights'
import { readHostRights } from '@/lib/services/hosts/read-host-rights'
import { removeHostRights } from '@/lib/services/hosts/remove-host-rights'

/** Reads only; a pair that is not made yet is too much for an address. */
export const POST = route((context, { params, body }) =>
  readHostRights(context, { ...body, hostId: params.host }),
)

export const PUT = route((context, { params, body }) =>
  installHostRights(context, { ...body, hostId: params.host }),
)

export const DELETE = route((context, { params, body }) =>
  removeHostRights(context, { ...body, hostId: params.host }),
)
