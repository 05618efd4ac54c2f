import { type FileBasis, hasDatabase } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Proof } from '@/lib/operations/engine/step'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { proveHost } from '@/lib/operations/prove-host'

/** Files are moved and copied on the standby alone (rule 3): its PostgreSQL says so, or without a database the file of its role. */
export function proveFileTarget(basis: FileBasis): Proof<FileContext> {
  if (!hasDatabase(basis)) return proveFileRole('standby', ['standby'])
  const { standby, primary } = basis.layouts
  return proveHost({
    role: 'standby',
    layout: standby,
    systemIdentifier: primary.systemIdentifier,
    states: ['standby'],
  })
}
