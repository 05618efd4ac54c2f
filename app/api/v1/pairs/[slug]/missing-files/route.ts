import { route } from '@/app/_server/route-adapter'
import { findMissingFiles } from '@/lib/services/pairs/find-missing-files'

export const POST = route((context, { params, body }) => findMissingFiles(context, { ...body, ...params }))
