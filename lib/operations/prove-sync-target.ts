import type { Pair } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Proof } from '@/lib/operations/engine/step'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { proveHost } from '@/lib/operations/prove-host'

/** The proof of a step that lets files flow: onto a standby alone, one that runs or would come up as one. */
export function proveSyncTarget<C extends AnyOperationContext>({
  layouts: { standby },
  pair,
}: {
  readonly layouts: { readonly standby: PostgresLayout | null }
  readonly pair: Pair
}): Proof<C> {
  if (!pair.scope.database || !standby) return proveFileRole<C>('standby', ['standby'])
  return proveHost<C>({
    role: 'standby',
    layout: standby,
    systemIdentifier: standby.systemIdentifier,
    states: ['standby', 'starting', 'stopped'],
    needsSignal: true,
  })
}
