import { applicationOf } from '@/lib/operations/application-of'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { fileSteps } from '@/lib/operations/create/file-steps'
import { accessRules } from '@/lib/operations/create/steps/access-rules'
import { baseBackup } from '@/lib/operations/create/steps/base-backup'
import { configureCopy } from '@/lib/operations/create/steps/configure-copy'
import { markPaired } from '@/lib/operations/create/steps/mark-paired'
import { passwordFile } from '@/lib/operations/create/steps/password-file'
import { proveHosts } from '@/lib/operations/create/steps/prove-hosts'
import { placeCopy, putAside } from '@/lib/operations/create/steps/put-aside'
import { replicationRoles } from '@/lib/operations/create/steps/replication-roles'
import { restartPrimary } from '@/lib/operations/create/steps/restart-primary'
import { seeStreaming } from '@/lib/operations/create/steps/see-streaming'
import { needsBootLine, startAtBoot } from '@/lib/operations/create/steps/start-at-boot'
import { startStandby } from '@/lib/operations/create/steps/start-standby'
import { stopStandbyPostgres } from '@/lib/operations/create/steps/stop-postgres'
import { walSettings, walSettingsOf } from '@/lib/operations/create/steps/wal-settings'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stopApplication } from '@/lib/operations/steps/stop-application'

/**
 * The steps of a create operation in their order. The copy is made beside the standby's old data, and the old server
 * is stopped only when the copy is complete: whatever fails before then has changed nothing on the standby.
 */
export function createSteps(basis: CreateBasis): readonly Step<CreateContext>[] {
  const host = basis.hosts.standby
  const application = applicationOf({ ...basis, host, slug: basis.pair.slug, facts: basis.facts.standby })
  const stopsApplication =
    application === null
      ? []
      : [
          stopApplication<CreateContext>({
            id: 'stop-application',
            role: 'standby',
            host,
            application,
            prove: proveHost({
              role: 'standby',
              layout: basis.layouts.standby,
              systemIdentifier: basis.layouts.standby.systemIdentifier,
              states: ['primary', 'standby', 'starting', 'stopped'],
            }),
          }),
        ]
  const database = [
    replicationRoles(basis),
    accessRules(basis, 'primary'),
    walSettings(basis),
    ...(walSettingsOf(basis).needsRestart ? [restartPrimary(basis)] : []),
    passwordFile(basis),
    baseBackup(basis),
    configureCopy(basis),
    ...stopsApplication,
    stopStandbyPostgres(basis),
    putAside(basis),
    placeCopy(basis),
    accessRules(basis, 'standby'),
    startStandby(basis),
    ...(needsBootLine(basis) ? [startAtBoot(basis)] : []),
    seeStreaming(basis),
  ]
  const { scope, settings } = basis.pair
  const hasFiles = scope.files && settings.directories.length > 0
  return [
    proveHosts(basis),
    ...(scope.database ? database : stopsApplication),
    ...(hasFiles ? fileSteps(basis) : []),
    markPaired(basis),
  ]
}
