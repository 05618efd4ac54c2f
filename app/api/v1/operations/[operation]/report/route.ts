import { markdownResponse } from '@/app/_server/markdown-response'
import { route } from '@/app/_server/route-adapter'
import { reportOperation } from '@/lib/services/operations/report-operation'

export const GET = route(async (context, { params }) =>
  markdownResponse(await reportOperation(context, { operationId: params.operation })),
)
