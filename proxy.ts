import { type NextRequest, NextResponse } from 'next/server'
import { buildContentSecurityPolicy } from '@/app/_server/content-security-policy'
import { pathHeader } from '@/app/_server/path-header'

/**
 * Gives every page a policy with a fresh nonce: only scripts that this answer names may run, and nothing is loaded from
 * elsewhere. Next reads the nonce from the request's header and puts it on its own scripts. Whether someone may see a page is
 * not decided here but in the page (`requireSession`) and in the verbs.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const policy = buildContentSecurityPolicy(nonce, process.env.NODE_ENV === 'development')
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy)
  headers.set(pathHeader, pathOf(request))
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

/** Without what Next's own client adds. */
function pathOf({ nextUrl }: NextRequest): string {
  const query = new URLSearchParams(nextUrl.search)
  query.delete('_rsc')
  return query.size > 0 ? `${nextUrl.pathname}?${query}` : nextUrl.pathname
}

export const config = {
  matcher: [{ source: '/((?!api/|healthz|readyz|_next/static|_next/image).*)' }],
}
