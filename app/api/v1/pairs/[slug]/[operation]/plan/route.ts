import { route } from '@/app/_server/route-adapter'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'

export const POST = route((context, { params, body }) => planPairOperation(context, { ...body, ...params }))
