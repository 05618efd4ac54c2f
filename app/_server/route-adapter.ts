import { contextOf } from '@/app/_server/context-of'
import { belongsInLog, toProblemResponse } from '@/app/_server/problem'
import { readJson } from '@/app/_server/read-json'
import { requireSameOrigin } from '@/app/_server/same-origin'
import { AppError } from '@/lib/errors'
import { getWebWiring, type WebWiring } from '@/lib/runtime/web-wiring'
import type { ServiceContext } from '@/lib/services/context'

/** What came with a request, not yet checked: verbs parse it. */
export type Given = {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
  readonly signal: AbortSignal
}

type Handler = (request: Request, extra: { params: Promise<Record<string, string>> }) => Promise<Response>

type Answer = { readonly value: unknown; readonly cookies: readonly string[] }

/**
 * The one way from an address to a verb: same origin, session, actor, context, verb, JSON or problem details. A Response
 * from the verb (a stream) passes as it is. `status` is that of a good answer; 204 where the verb gives nothing.
 */
export function route(
  verb: (context: ServiceContext, given: Given, wiring: WebWiring) => Promise<unknown>,
  status = 200,
): Handler {
  return handle(status, async (wiring, given) => {
    const { user, cookies } = await wiring.auth.readSession(given.headers)
    if (!user)
      throw new AppError('NOT_SIGNED_IN', 'You are not signed in, or your session has ended.', {
        fix: 'Sign in.',
      })
    const context = contextOf(wiring.ground, user, given.headers)
    return { value: await verb(context, given, wiring), cookies }
  })
}

/** As `route`, for the few addresses that answer without a session; a test of the repository lists them. */
export function publicRoute(
  body: (wiring: WebWiring, given: Given) => Promise<Answer>,
  status = 200,
): Handler {
  return handle(status, body)
}

function handle(status: number, body: (wiring: WebWiring, given: Given) => Promise<Answer>): Handler {
  return async (request, extra) => {
    let wiring: WebWiring | null = null
    try {
      wiring = await getWebWiring()
      const { value, cookies } = await body(wiring, await readGiven(request, extra))
      return toResponse(value, cookies, status)
    } catch (error) {
      if (belongsInLog(error)) wiring?.logError(error, `${request.method} ${new URL(request.url).pathname}`)
      return toProblemResponse(error)
    }
  }
}

async function readGiven(
  request: Request,
  extra: { params: Promise<Record<string, string>> },
): Promise<Given> {
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  if (!isReading) requireSameOrigin(request.headers)
  return {
    params: await extra.params,
    query: Object.fromEntries(new URL(request.url).searchParams),
    body: isReading ? {} : await readJson(request),
    headers: request.headers,
    signal: request.signal,
  }
}

function toResponse(value: unknown, cookies: readonly string[], status: number): Response {
  const response =
    value instanceof Response
      ? value
      : value === undefined
        ? new Response(null, { status: 204 })
        : Response.json(value, { status })
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
  // A verb that begins another session says so itself: the old one's prolonged cookie must not come behind it.
  if (response.headers.getSetCookie().length === 0)
    for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  return response
}
