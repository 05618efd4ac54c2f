import type { Host } from '@/lib/domain/host'
import { isSameLogin } from '@/lib/domain/host-access'
import type { ShownPlan } from '@/lib/domain/inputs'
import type { Operation, OperationId, Plan } from '@/lib/domain/operation'
import { isTerminal } from '@/lib/domain/operation-state'
import type { PairId, Role } from '@/lib/domain/pair'
import { type CheckOverride, overrideSentences } from '@/lib/domain/preflight'
import type { StartedView } from '@/lib/domain/views'
import { AppError, hasCode } from '@/lib/errors'
import type { Repositories } from '@/lib/ports/store'
import { act, type Deed } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requirePassed } from '@/lib/services/operations/require-passed'
import { requireAsShown } from '@/lib/services/operations/show-plan'

/** A plan, and the hosts as it is made for them. */
type MadePlan = { readonly plan: Plan; readonly hosts: Readonly<Record<Role, Host>> }

export type Start = {
  readonly idempotencyKey: string
  readonly reason: string
  readonly draftId: string | null
  readonly shown: ShownPlan | null
  /** Failed checks that it goes on with all the same. */
  readonly overrides: readonly CheckOverride[]
  /** Kept with the operation, as its kind reads it. */
  readonly input: unknown
  /** Plans from facts read now. */
  readonly makePlan: (operationId: OperationId) => Promise<MadePlan>
  /** Within the transaction: the pair that the operation holds, made where there is none yet. */
  readonly takePair: (repositories: Repositories) => Promise<PairId>
}

/**
 * Starts an operation: plans again, refuses what is blocked or no longer as shown, and in one transaction takes the pair,
 * inserts the operation (which is the worker's order), ties the idempotency key and the draft to it and writes the audit
 * row. Checks that were overridden, by whom and why stand in the plan and in that row. The same key or the same shown plan again
 * answers with the operation that is there; from another wizard's draft it is refused with CONFLICT.
 */
export async function startOperation(
  context: ServiceContext,
  deed: Deed,
  start: Start,
): Promise<StartedView> {
  return act(context, deed, async (commit) => {
    const before = await findStarted(context, start)
    if (before) return before
    const made = await start.makePlan(start.shown?.operationId ?? crypto.randomUUID())
    const preflight = requirePassed(made.plan.preflight, start.overrides, context.actor.name)
    const checked = { ...made, plan: { ...made.plan, preflight } }
    requireAsShown(checked.plan, start.shown)
    const detail = [start.reason, ...overrideSentences(preflight)].join(' · ')
    try {
      return await commit((repositories) => insert(context, repositories, checked, start), detail)
    } catch (error) {
      const meanwhile = hasCode(error, 'CONFLICT', 'PAIR_BUSY') ? await findStarted(context, start) : null
      if (meanwhile) return meanwhile
      throw error
    }
  })
}

async function findStarted(
  { store }: ServiceContext,
  { idempotencyKey, shown, draftId }: Start,
): Promise<StartedView | null> {
  const operation =
    (await store.operations.findByIdempotencyKey(idempotencyKey)) ??
    (shown && (await store.operations.find(shown.operationId)))
  if (!operation) return null
  // Another wizard than the one that started it: its answer would be an operation that nobody asked for there.
  if (draftId !== null && (await store.drafts.find(draftId))?.operationId !== operation.id)
    throw startedAlready(operation)
  return { operationId: operation.id }
}

const startedAlready = ({ state }: Operation): AppError =>
  isTerminal(state)
    ? new AppError('CONFLICT', 'This plan was started already and has ended.', { fix: 'Plan again.' })
    : new AppError('CONFLICT', 'This plan was started already, and its operation holds the pair.', {
        fix: 'Open that operation on the pair’s page: it is followed, resumed or undone there.',
      })

async function insert(
  { actor }: ServiceContext,
  repositories: Repositories,
  { plan, hosts }: MadePlan,
  { takePair, input, reason, idempotencyKey, draftId }: Start,
): Promise<StartedView> {
  const pairId = await takePair(repositories)
  const operation = await repositories.operations.insert({
    pairId,
    kind: plan.kind,
    plan: { ...plan, pairId },
    input,
    reason,
    startedBy: actor.name,
  })
  // From here on the pair is held, and its hosts' access with it.
  for (const host of Object.values(hosts)) requireSameAccess(host, await findHost(repositories, host.id))
  await repositories.operations.setIdempotencyKey(operation.id, idempotencyKey)
  if (draftId !== null)
    await repositories.drafts.update(draftId, { operationId: operation.id, updatedBy: actor.name })
  return { operationId: operation.id }
}

function requireSameAccess(planned: Host, now: Host): void {
  if (isSameLogin(planned, now) && planned.privilege === now.privilege) return
  throw new AppError('CONFLICT', `The access to ${now.name} was changed since the plan was made.`, {
    fix: 'Look at the new plan, then start it.',
  })
}
