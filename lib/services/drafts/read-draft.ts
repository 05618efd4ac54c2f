import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { Draft } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

const readDraftInput = z.object({ id: z.string().min(1) })

/** A wizard's answers so far, whoever gave them. Throws NOT_FOUND. */
export async function readDraft(context: ServiceContext, input: unknown): Promise<Draft> {
  await requireRole(context, 'operator', 'draft.read')
  const { id } = parseInput(readDraftInput, input)
  const draft = await context.store.drafts.find(id)
  if (!draft) throw new AppError('NOT_FOUND', 'There is no such draft.', { fix: 'Begin the wizard again.' })
  return draft
}
