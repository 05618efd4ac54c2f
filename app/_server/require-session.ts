import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { SessionView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'
import { getWebWiring } from '@/lib/runtime/web-wiring'

/**
 * The first line of every page that is not public: who is signed in. Leads to /setup while there is no user, else to
 * /login.
 */
export async function requireSession(): Promise<NonNullable<SessionView['user']>> {
  const { auth, ground } = await getWebWiring()
  const { user } = await auth.readSession(await headers(), { prolong: false })
  if (user) return user
  redirect((await ground.store.users.count()) === 0 ? routes.setup() : routes.login())
}
