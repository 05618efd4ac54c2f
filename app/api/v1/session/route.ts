import { clientAddress } from '@/app/_server/client-address'
import { publicRoute } from '@/app/_server/route-adapter'
import type { SessionView } from '@/lib/domain/views'

/** Who is signed in; also says whether the first administrator is still to be made. */
export const GET = publicRoute(async ({ auth, ground }, { headers }) => {
  const { user, cookies } = await auth.readSession(headers)
  const setupNeeded = user === null && (await ground.store.users.count()) === 0
  return { value: { user, setupNeeded } satisfies SessionView, cookies }
})

export const POST = publicRoute(async ({ auth }, { body, headers }) => {
  const { user, cookies } = await auth.signIn(body, clientAddress(headers), headers.get('user-agent'))
  return { value: { user, setupNeeded: false } satisfies SessionView, cookies }
})

export const DELETE = publicRoute(async ({ auth }, { headers }) => {
  const { cookies } = await auth.signOut(headers, clientAddress(headers))
  return { value: undefined, cookies }
}, 204)
