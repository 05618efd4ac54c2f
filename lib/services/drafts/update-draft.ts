import { isDeepStrictEqual } from 'node:util'
import { draftChangeInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { Draft } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { readDraft } from '@/lib/services/drafts/read-draft'
import { requireRole } from '@/lib/services/require-role'

/**
 * Keeps a wizard's answers and the page that is open. Once its operation was started the answers stand, only the page changes.
 * Throws NOT_FOUND, and CONFLICT for other answers than those that were started, or when somebody else has changed the answers
 * since `version`.
 */
export async function updateDraft(context: ServiceContext, input: unknown): Promise<Draft> {
  await requireRole(context, 'operator', 'draft.update')
  const { id, step, answers, version } = parseInput(draftChangeInput, input)
  const draft = await readDraft(context, { id })
  // Two who only look at different pages of it do not hinder each other.
  if (isDeepStrictEqual(answers, draft.answers)) return context.store.drafts.update(id, { step })
  if (draft.operationId !== null)
    throw new AppError('CONFLICT', 'This wizard has started its operation; its answers stand.', {
      fix: 'Open the operation’s page.',
    })
  return context.store.drafts.update(id, { step, answers, updatedBy: context.actor.name }, version)
}
