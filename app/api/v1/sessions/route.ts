import { route } from '@/app/_server/route-adapter'

/** The own ones: browsers in which one is signed in. */
export const GET = route((_, { headers }, { auth }) => auth.listSessions(headers))

/** All but the one that asks. */
export const DELETE = route(
  (context, { headers }, { auth }) => auth.endOtherSessions(headers, context.origin),
  204,
)
