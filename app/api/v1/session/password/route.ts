import { route } from '@/app/_server/route-adapter'

/** The session of the old password ends with it: the answer carries the cookie of a new one. */
export const PUT = route(async (context, { body, headers }, { auth }) => {
  const { cookies } = await auth.changePassword(headers, body, context.origin)
  const answer = new Response(null, { status: 204 })
  for (const cookie of cookies) answer.headers.append('set-cookie', cookie)
  return answer
})
