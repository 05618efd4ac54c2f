import { getWebWiring } from '@/lib/runtime/web-wiring'

/** The store answers, so pages can be shown; without detail, for anyone may ask. */
export async function GET(): Promise<Response> {
  const isReady = await getWebWiring()
    .then(({ ground }) => ground.store.users.count())
    .then(
      () => true,
      () => false,
    )
  return new Response(isReady ? 'ok' : 'not ready', {
    status: isReady ? 200 : 503,
    headers: { 'cache-control': 'no-store' },
  })
}

export const dynamic = 'force-dynamic'
