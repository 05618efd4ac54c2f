import { route } from '@/app/_server/route-adapter'
import { reportOperation } from '@/lib/services/operations/report-operation'

export const GET = route(async (context, { params }) => {
  const { fileName, markdown } = await reportOperation(context, { operationId: params.operation })
  return new Response(markdown, {
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
    },
  })
})
