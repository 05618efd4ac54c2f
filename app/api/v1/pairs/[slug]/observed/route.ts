import { route } from '@/app/_server/route-adapter'
import { lookAgain } from '@/lib/services/observe/look-again'

export const PUT = route(
  (context, { params, body }) => lookAgain(context, { ...body, slug: params.slug }),
  204,
)
