import { fenceSignal } from '@/lib/commands/fence'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { Proof } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { proveHost } from '@/lib/operations/prove-host'
import { readFence } from '@/lib/operations/read-fence'

/**
 * The host that is about to be fenced is the old primary, not its standby: both carry the same data, so the role tells them apart. In
 * recovery it may be only where the plan found it so, or where this operation has begun to fence it.
 */
export function proveOldPrimary(
  { facts, operationId }: Pick<PromoteBasis, 'facts' | 'operationId'>,
  layout: PostgresLayout,
): Proof<PromoteContext> {
  const wasStandby = answerOf(facts.primary.server)?.inRecovery === true
  return async (context, io) => {
    const hasBegun = (await readFence(context.doors.primary, layout)).signal === fenceSignal(operationId)
    const prove = proveHost<PromoteContext>({
      role: 'primary',
      layout,
      systemIdentifier: layout.systemIdentifier,
      states: [
        'primary',
        'starting',
        'hung',
        'stopped',
        ...(wasStandby || hasBegun ? (['standby'] as const) : []),
      ],
    })
    return await prove(context, io)
  }
}
