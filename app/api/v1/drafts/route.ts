import { route } from '@/app/_server/route-adapter'
import { createDraft } from '@/lib/services/drafts/create-draft'

export const POST = route((context, { body }) => createDraft(context, body), 201)
