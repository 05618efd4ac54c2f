import { route } from '@/app/_server/route-adapter'
import { readDraft } from '@/lib/services/drafts/read-draft'
import { updateDraft } from '@/lib/services/drafts/update-draft'

export const GET = route((context, { params }) => readDraft(context, params))

export const PUT = route((context, { params, body }) => updateDraft(context, { ...body, ...params }))
