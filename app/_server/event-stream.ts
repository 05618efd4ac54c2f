import type { Given } from '@/app/_server/route-adapter'
import { rememberStream } from '@/lib/runtime/streams'
import type { WebWiring } from '@/lib/runtime/web-wiring'
import type { ServiceContext } from '@/lib/services/context'

const sessionCheckMs = 10_000
/** What a browser waits before it connects again. */
const retryMs = 1_000

/**
 * An endless answer of server-sent events (HTML standard, 9.2) from a page's subscription. It ends when the page goes, when the
 * session ends or its role changes (looked at every 10 s), and when the process stops.
 */
export async function openEventStream(
  context: ServiceContext,
  given: Given,
  wiring: WebWiring,
): Promise<Response> {
  const subscription = await wiring.liveViews.subscribe(context)
  const encoder = new TextEncoder()
  let id = 0

  const check = setInterval(() => {
    isSameSession(context, given, wiring).then(
      (same) => same || end(),
      (error: unknown) => {
        wiring.logError(error, 'stream')
        end()
      },
    )
  }, sessionCheckMs)
  const forget = rememberStream(() => end())
  function end(): void {
    clearInterval(check)
    forget()
    subscription.close()
  }
  given.signal.addEventListener('abort', end, { once: true })

  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`)),
    async pull(controller) {
      const event = await subscription.next()
      if (event === null) return controller.close()
      id += 1
      controller.enqueue(encoder.encode(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`))
    },
    cancel: end,
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // Compression and proxies that buffer would hold the events back.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

async function isSameSession(context: ServiceContext, given: Given, { auth }: WebWiring): Promise<boolean> {
  const { user } = await auth.readSession(given.headers, { prolong: false })
  const { actor } = context
  return user !== null && actor.kind === 'user' && user.id === actor.id && user.role === actor.role
}
