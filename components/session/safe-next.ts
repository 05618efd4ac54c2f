import { routes } from '@/lib/routes'

/** Where to go after signing in: only a path of this dashboard, never an address of somebody else. */
export function safeNext(next: string | null): string {
  const here = 'https://dashboard.invalid'
  if (!next?.startsWith('/') || !URL.canParse(next, here)) return routes.home()
  const url = new URL(next, here)
  return url.origin === here ? url.pathname + url.search : routes.home()
}
