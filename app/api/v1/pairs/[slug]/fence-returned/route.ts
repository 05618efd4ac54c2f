import { route } from '@/app/_server/route-adapter'
import { setFenceReturned } from '@/lib/services/pairs/set-fence-returned'

export const PUT = route(
  (context, { params, body }) => setFenceReturned(context, { ...body, slug: params.slug }),
  204,
)
