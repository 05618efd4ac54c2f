import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Proof } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'

/**
 * Files are moved and copied on the standby alone (rule 3). Where the database is left out of the pair, whose server it is tells the host
 * all the same.
 */
export function proveFileTarget({ layouts, pair }: CreateBasis): Proof<CreateContext> {
  const { standby, primary } = layouts
  return pair.scope.database
    ? proveHost({
        role: 'standby',
        layout: standby,
        systemIdentifier: primary.systemIdentifier,
        states: ['standby'],
      })
    : proveHost({
        role: 'standby',
        layout: standby,
        systemIdentifier: standby.systemIdentifier,
        states: ['primary', 'standby', 'starting', 'stopped'],
      })
}
