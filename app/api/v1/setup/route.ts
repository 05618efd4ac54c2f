import { clientAddress } from '@/app/_server/client-address'
import { publicRoute } from '@/app/_server/route-adapter'
import type { SessionView } from '@/lib/domain/views'

/** The first administrator, by the one-time code. */
export const POST = publicRoute(async ({ auth }, { body, headers }) => {
  const { user, cookies } = await auth.setUp(body, clientAddress(headers), headers.get('user-agent'))
  return { value: { user, setupNeeded: false } satisfies SessionView, cookies }
}, 201)
