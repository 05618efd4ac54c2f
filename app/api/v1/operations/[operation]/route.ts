import { route } from '@/app/_server/route-adapter'
import { readOperation } from '@/lib/services/operations/read-operation'

export const GET = route((context, { params }) => readOperation(context, { operationId: params.operation }))
