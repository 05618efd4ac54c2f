import { openEventStream } from '@/app/_server/event-stream'
import { route } from '@/app/_server/route-adapter'

/** Live views of all pairs and operations; docs/http.md. */
export const GET = route(openEventStream)
