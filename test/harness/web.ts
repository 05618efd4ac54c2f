import type { Auth } from '@/lib/auth/auth'
import { createAuth } from '@/lib/auth/create-auth'
import { passwords } from '@/lib/auth/passwords'
import { authDatabase } from '@/lib/auth/session-store'
import type { UserRole } from '@/lib/domain/user'
import { provideWebWiring } from '@/lib/runtime/web-wiring'
import { LiveViews } from '@/lib/services/live/live-views'
import { type Clock, systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { listFiles, root } from '@/test/repository/source-files'

type Handler = (request: Request, extra: { params: Promise<Record<string, string>> }) => Promise<Response>

/** A method of a route file, with the address it answers at, e.g. `/api/v1/hosts/[host]`. */
export type TestRoute = { readonly method: string; readonly address: string; readonly handler: Handler }

type CallOptions = {
  readonly method?: string
  readonly body?: unknown
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export type TestWeb = TestGround & {
  readonly at: TestStore
  readonly auth: Auth
  readonly routes: readonly TestRoute[]
  /** Errors that reached the dashboard's own log. */
  readonly logged: unknown[]
  /** Calls the route as the browser does: with the dashboard's own origin and the session's cookie. */
  call(path: string, options?: CallOptions): Promise<Response>
  /** Makes a user of this role and signs them in through the route; the cookie. */
  signIn(role: UserRole): Promise<string>
  close(): Promise<void>
}

export const testPassword = 'correct horse battery'
const testOrigin = 'http://dashboard.test'

/** The web process on a store of its own, without Next: the real routes, adapter, sign-in and verbs. */
export async function createTestWeb({ clock = systemClock }: { clock?: Clock } = {}): Promise<TestWeb> {
  const at = await createTestStore({ clock })
  const { database, schema } = at.store.auth
  const auth = createAuth({
    store: at.store,
    database: authDatabase(database, schema),
    secret: 'a secret of the test, 32 characters',
    publicUrl: testOrigin,
  })
  const ground = await createTestGround(at.store, clock)
  const logged: unknown[] = []
  const liveViews = new LiveViews(ground.ground, (error) => logged.push(error))
  provideWebWiring(async () => ({
    ground: ground.ground,
    auth,
    liveViews,
    logError: (error) => logged.push(error),
  }))
  const routes = await loadRoutes()
  let users = 0

  const call: TestWeb['call'] = (path, options = {}) => callRoute(routes, path, options)
  return Object.assign(ground, {
    at,
    auth,
    routes,
    logged,
    call,
    async signIn(role: UserRole): Promise<string> {
      users += 1
      const email = `${role}-${users}@example.org`
      const passwordHash = await passwords.hash(testPassword)
      await at.store.users.insert({ name: email, email, role, passwordHash })
      const answer = await call('/api/v1/session', {
        method: 'POST',
        body: { email, password: testPassword },
      })
      return cookieOf(answer)
    },
    async close(): Promise<void> {
      await liveViews.close()
      await at.close()
    },
  })
}

/** What a browser would send back: names and values of all cookies that were set. */
export const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

async function loadRoutes(): Promise<readonly TestRoute[]> {
  const files = listFiles().filter((file) => /^app\/(.*\/)?route\.ts$/.test(file))
  const loaded = await Promise.all(
    files.map(async (file) => {
      const exported: Record<string, unknown> = await import(`${root}/${file}`)
      const address = `/${file.split('/').slice(1, -1).join('/')}`
      return ['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) => {
        const handler = exported[method]
        return typeof handler === 'function'
          ? [{ method, address, handler: (...given: Parameters<Handler>) => handler(...given) }]
          : []
      })
    }),
  )
  // As Next does: a static part wins over a dynamic one.
  return loaded.flat().sort((a, b) => countDynamic(a.address) - countDynamic(b.address))
}

const countDynamic = (address: string) => address.split('[').length

function callRoute(
  routes: readonly TestRoute[],
  path: string,
  { method = 'GET', body, cookie, headers = {}, signal }: CallOptions,
): Promise<Response> {
  const url = new URL(path, testOrigin)
  for (const route of routes) {
    const params = route.method === method ? matchAddress(route.address, url.pathname) : null
    if (!params) continue
    const request = new Request(url, {
      method,
      headers: {
        host: url.host,
        ...(method === 'GET' ? {} : { origin: testOrigin, 'content-type': 'application/json' }),
        ...(cookie ? { cookie } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    return route.handler(request, { params: Promise.resolve(params) })
  }
  throw new Error(`no route answers ${method} ${path}`)
}

function matchAddress(address: string, pathname: string): Record<string, string> | null {
  const names: string[] = []
  const pattern = address.replace(/\[(\w+)\]/g, (_whole, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const match = new RegExp(`^${pattern}$`).exec(pathname)
  if (!match) return null
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]))
}
