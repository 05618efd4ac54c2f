import { draftInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { Draft } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/** Begins a wizard. Answers hold no secrets: access to hosts is registered apart. A draft changes nothing, so it is not audited. */
export async function createDraft(context: ServiceContext, input: unknown): Promise<Draft> {
  await requireRole(context, 'operator', 'draft.create')
  const { kind, step, answers } = parseInput(draftInput, input)
  return context.store.drafts.insert(kind, { step, answers, updatedBy: context.actor.name })
}
