import { copiesFiles } from '@/lib/domain/pair'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { directoriesAside } from '@/lib/operations/create/steps/directories-aside'
import { firstCopy } from '@/lib/operations/create/steps/first-copy'
import { keepPackages } from '@/lib/operations/create/steps/keep-packages'
import { syncAccess } from '@/lib/operations/create/steps/sync-access'
import { syncKey } from '@/lib/operations/create/steps/sync-key'
import { syncRunner } from '@/lib/operations/create/steps/sync-runner'
import { syncSchedule } from '@/lib/operations/create/steps/sync-schedule'
import { syncSender } from '@/lib/operations/create/steps/sync-sender'
import type { Step } from '@/lib/operations/engine/step'
import { packageSyncOf } from '@/lib/operations/sync-of'

/**
 * The file sync of a create operation, and what keeps the packages by the same way. It comes after the database: the runner copies only onto a host whose own
 * PostgreSQL is a standby.
 */
export function fileSteps(basis: FileBasis): readonly Step<FileContext>[] {
  return [
    syncRunner(basis),
    syncKey(basis),
    syncSender(basis),
    syncAccess(basis),
    ...(copiesFiles(basis.pair) ? [directoriesAside(basis), firstCopy(basis)] : []),
    ...(packageSyncOf(basis) ? [keepPackages(basis)] : []),
    syncSchedule(basis),
  ]
}
