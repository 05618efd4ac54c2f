/** The process answers; says nothing else. */
export const GET = (): Response => new Response('ok', { headers: { 'cache-control': 'no-store' } })

export const dynamic = 'force-dynamic'
