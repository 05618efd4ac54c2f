import { downloadResponse } from '@/app/_server/download-response'
import { route } from '@/app/_server/route-adapter'
import { downloadLog } from '@/lib/services/logs/download-log'

export const GET = route(async (context, { params, query }) =>
  downloadResponse(await downloadLog(context, { ...query, ...params })),
)
