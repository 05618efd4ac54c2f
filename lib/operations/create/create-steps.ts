import type { PlannedStep } from '@/lib/domain/operation'
import { applicationOf } from '@/lib/operations/application-of'
import { type CreateBasis, createNames, type FileBasis, hasDatabase } from '@/lib/operations/create/basis'
import type { CreateContext, FileContext } from '@/lib/operations/create/context'
import { fileSteps } from '@/lib/operations/create/file-steps'
import { toInstall } from '@/lib/operations/create/package-facts'
import { accessRules } from '@/lib/operations/create/steps/access-rules'
import { baseBackup } from '@/lib/operations/create/steps/base-backup'
import { configureCopy } from '@/lib/operations/create/steps/configure-copy'
import { fileRole } from '@/lib/operations/create/steps/file-role'
import { installPackages } from '@/lib/operations/create/steps/install-packages'
import { keepOldData } from '@/lib/operations/create/steps/keep-old-data'
import { markPaired } from '@/lib/operations/create/steps/mark-paired'
import { packageList } from '@/lib/operations/create/steps/package-list'
import { passwordFile } from '@/lib/operations/create/steps/password-file'
import { placeTablespaces } from '@/lib/operations/create/steps/place-tablespaces'
import { proveHosts } from '@/lib/operations/create/steps/prove-hosts'
import { placeCopy, putAside } from '@/lib/operations/create/steps/put-aside'
import { replicationRoles } from '@/lib/operations/create/steps/replication-roles'
import { replicationSlot } from '@/lib/operations/create/steps/replication-slot'
import { restartPrimary } from '@/lib/operations/create/steps/restart-primary'
import { seeStreaming } from '@/lib/operations/create/steps/see-streaming'
import { needsBootLine, startAtBoot } from '@/lib/operations/create/steps/start-at-boot'
import { startStandby } from '@/lib/operations/create/steps/start-standby'
import { stopStandbyPostgres } from '@/lib/operations/create/steps/stop-postgres'
import { walSettings, walSettingsOf } from '@/lib/operations/create/steps/wal-settings'
import type { Proof, Step } from '@/lib/operations/engine/step'
import { breakGlassKit } from '@/lib/operations/kit/steps'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { proveHost } from '@/lib/operations/prove-host'
import { stopApplication } from '@/lib/operations/steps/stop-application'
import { hasSync } from '@/lib/operations/sync-of'

/** Early, while the standby still is what it was: what can't be installed then has cost nothing. */
export const packageSteps = (basis: FileBasis): readonly Step<FileContext>[] => [
  ...basis.facts.packages.filter(({ found }) => found.isCompared).map((facts) => packageList(basis, facts)),
  ...toInstall(basis.facts.packages).map(({ kind, found }) => installPackages(basis, kind, found)),
]

/** The standby's application is stopped before what it works on is replaced; no step where the profile names none. */
export function applicationSteps<C extends FileContext>(
  basis: FileBasis,
  prove: Proof<C>,
): readonly Step<C>[] {
  const host = basis.hosts.standby
  const application = applicationOf({ ...basis, host, slug: basis.pair.slug, facts: basis.facts.standby })
  if (application === null) return []
  return [stopApplication<C>({ id: 'stop-application', role: 'standby', host, application, prove })]
}

/**
 * The steps of a create operation in their order. The copy is made beside the standby's old data, and the old server
 * is stopped only when the copy is complete: whatever fails before then has changed nothing on the standby.
 */
export function createSteps(basis: CreateBasis): readonly Step<CreateContext>[] {
  const { standby } = basis.layouts
  const prove = proveHost<CreateContext>({
    role: 'standby',
    layout: standby,
    systemIdentifier: standby.systemIdentifier,
    states: ['primary', 'standby', 'starting', 'stopped'],
  })
  return [
    proveHosts(basis),
    ...packageSteps(basis),
    replicationRoles(basis),
    accessRules(basis, 'primary'),
    walSettings(basis),
    ...(walSettingsOf(basis).needsRestart ? [restartPrimary(basis)] : []),
    ...(createNames(basis).hasSlot ? [replicationSlot(basis)] : []),
    passwordFile(basis),
    baseBackup(basis),
    configureCopy(basis),
    ...applicationSteps(basis, prove),
    stopStandbyPostgres(basis),
    putAside(basis),
    ...(createNames(basis).tablespaces.length > 0 ? [placeTablespaces(basis)] : []),
    placeCopy(basis),
    accessRules(basis, 'standby'),
    startStandby(basis),
    ...(needsBootLine(basis) ? [startAtBoot(basis)] : []),
    seeStreaming(basis),
    ...(hasSync(basis) ? fileSteps(basis) : []),
    keepOldData(basis),
    breakGlassKit(basis),
    markPaired(basis),
  ]
}

/** The steps where the pair leaves its database out: neither host's PostgreSQL is asked or touched. */
export function createFileSteps(basis: FileBasis): readonly Step<FileContext>[] {
  return [
    proveHosts(basis),
    ...packageSteps(basis),
    fileRole(basis, 'primary'),
    fileRole(basis, 'standby'),
    ...applicationSteps<FileContext>(basis, proveFileRole('standby', ['standby'])),
    ...fileSteps(basis),
    keepOldData(basis),
    breakGlassKit(basis),
    markPaired(basis),
  ]
}

/** The same, as the plan shows them. */
export const plannedCreate = (basis: FileBasis): readonly PlannedStep[] =>
  (hasDatabase(basis) ? createSteps(basis) : createFileSteps(basis)).map(({ planned }) => planned)
