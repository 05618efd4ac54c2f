import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { pathHeader } from '@/app/_server/path-header'
import type { SessionView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'
import { getWebWiring } from '@/lib/runtime/web-wiring'

/**
 * The first line of every page that is not public: who is signed in. Leads to /setup while there is no user, else to
 * /login, and from there back.
 */
export async function requireSession(): Promise<NonNullable<SessionView['user']>> {
  const { auth, ground } = await getWebWiring()
  const given = await headers()
  const { user } = await auth.readSession(given, { prolong: false })
  if (user) return user
  const next = given.get(pathHeader) ?? undefined
  redirect((await ground.store.users.count()) === 0 ? routes.setup() : routes.login(next))
}
