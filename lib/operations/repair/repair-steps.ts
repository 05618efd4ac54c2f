import { hostPlaces } from '@/lib/domain/host-places'
import type { PlannedStep } from '@/lib/domain/operation'
import { copiesFiles } from '@/lib/domain/pair'
import { isPausing } from '@/lib/domain/pause'
import type { AnyOperationContext } from '@/lib/operations/context'
import { createNames } from '@/lib/operations/create/basis'
import { applicationSteps, packageSteps } from '@/lib/operations/create/create-steps'
import { accessRules } from '@/lib/operations/create/steps/access-rules'
import { baseBackup } from '@/lib/operations/create/steps/base-backup'
import { configureCopy } from '@/lib/operations/create/steps/configure-copy'
import { firstCopy } from '@/lib/operations/create/steps/first-copy'
import { keepPackages } from '@/lib/operations/create/steps/keep-packages'
import { passwordFile } from '@/lib/operations/create/steps/password-file'
import { placeTablespaces } from '@/lib/operations/create/steps/place-tablespaces'
import { proveHosts } from '@/lib/operations/create/steps/prove-hosts'
import { placeCopy, putAside } from '@/lib/operations/create/steps/put-aside'
import { replicationRoles } from '@/lib/operations/create/steps/replication-roles'
import { replicationSlot } from '@/lib/operations/create/steps/replication-slot'
import { seeStreaming } from '@/lib/operations/create/steps/see-streaming'
import { startAtBoot } from '@/lib/operations/create/steps/start-at-boot'
import { startStandby } from '@/lib/operations/create/steps/start-standby'
import { stopStandbyPostgres } from '@/lib/operations/create/steps/stop-postgres'
import { syncAccess } from '@/lib/operations/create/steps/sync-access'
import { syncKey } from '@/lib/operations/create/steps/sync-key'
import { syncRunner } from '@/lib/operations/create/steps/sync-runner'
import { syncSchedule } from '@/lib/operations/create/steps/sync-schedule'
import { syncSender } from '@/lib/operations/create/steps/sync-sender'
import { walSettings } from '@/lib/operations/create/steps/wal-settings'
import type { Step } from '@/lib/operations/engine/step'
import { exchanged } from '@/lib/operations/exchanged'
import { inOtherRoles } from '@/lib/operations/in-other-roles'
import { breakGlassKit, dropKit } from '@/lib/operations/kit/steps'
import { pathOf } from '@/lib/operations/preflight/disk-checks'
import { serveSteps } from '@/lib/operations/promote/promote-steps'
import { stopSync } from '@/lib/operations/promote/steps/stop-sync'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { proveHost } from '@/lib/operations/prove-host'
import type {
  FollowBasis,
  RepairBasis,
  RepairContext,
  RepairFileBasis,
  RepairFileContext,
} from '@/lib/operations/repair/basis'
import type { RepairFacts } from '@/lib/operations/repair/facts'
import { closeRewind } from '@/lib/operations/repair/steps/close-rewind'
import { dropOldSlot } from '@/lib/operations/repair/steps/drop-old-slot'
import { followPrimary } from '@/lib/operations/repair/steps/follow-primary'
import { unlessStreaming } from '@/lib/operations/repair/steps/follows'
import { keepDiverged, readRewind } from '@/lib/operations/repair/steps/keep-diverged'
import { noteKept } from '@/lib/operations/repair/steps/note-kept'
import { recordRepaired } from '@/lib/operations/repair/steps/record-repaired'
import { releaseBoot } from '@/lib/operations/repair/steps/release-boot'
import { rewindData } from '@/lib/operations/repair/steps/rewind-data'
import { takeFileRole } from '@/lib/operations/repair/steps/take-file-role'
import { hasSync, packageSyncOf } from '@/lib/operations/sync-of'

/** Whether there is something in the place of the standby's data: only then is it put aside. */
const hasOldData = ({ facts, database }: RepairBasis): boolean =>
  pathOf(facts.standby, database.layout.dataDirectory)?.exists !== false

/** The last way: as a create makes its copy, each step only where the standby does not stream by then. */
function copySteps(basis: RepairBasis): readonly Step<RepairContext>[] {
  const { database } = basis
  const steps: readonly Step<RepairContext>[] = [
    baseBackup(basis),
    configureCopy(basis),
    ...(hasOldData(basis) ? [stopStandbyPostgres(basis, { ran: database.ran }), putAside(basis)] : []),
    ...(createNames(basis).tablespaces.length > 0 ? [placeTablespaces(basis)] : []),
    placeCopy(basis),
    accessRules(basis, 'standby', database.hbaBlocks.standby),
    startStandby(basis),
  ]
  return steps.map(unlessStreaming)
}

/** What is beyond the primary's line is kept aside and discarded; then the standby follows by what is left. */
const rewindSteps = (basis: RepairBasis): readonly Step<RepairContext>[] => [
  unlessStreaming(keepDiverged(basis)),
  rewindData(basis),
  followPrimary(basis, async (context) => (await readRewind(context, basis)).isRewound),
  closeRewind(basis),
]

/** What the primary needs to be one for this standby, and the standby to be let in. */
const primarySteps = (basis: RepairBasis): readonly Step<RepairContext>[] => [
  replicationRoles(basis),
  accessRules(basis, 'primary', basis.database.hbaBlocks.primary),
  walSettings(basis),
  ...(createNames(basis).hasSlot ? [replicationSlot(basis)] : []),
  passwordFile(basis),
]

/** Whether the standby's schedule is kept from cron by a pause: one of another standby is not. */
const isHeld = ({ pause, hosts }: RepairFacts['recorded']): boolean => !hosts && isPausing(pause, 'sync')

/** The files flow the way that the roles say. What the standby has and the primary has not goes to its bin. */
export const syncSteps = (basis: RepairFileBasis): readonly Step<RepairFileContext>[] =>
  hasSync(basis)
    ? [
        syncRunner(basis),
        syncKey(basis),
        syncSender(basis),
        syncAccess(basis),
        ...(copiesFiles(basis.pair) ? [firstCopy(basis)] : []),
        ...(packageSyncOf(basis) ? [keepPackages(basis)] : []),
        syncSchedule(basis, { wasHeld: isHeld(basis.facts.recorded) }),
      ]
    : []

/**
 * Where somebody else promoted the standby: what a promotion of ours would have done on it. No file flows onto it any more, and the
 * application is served there.
 */
function promotedSteps(basis: RepairFileBasis): readonly Step<RepairFileContext>[] {
  const { hosts, layouts, facts } = basis
  if (!facts.recorded.hosts) return []
  const before = {
    ...basis,
    hosts: exchanged(hosts),
    layouts: exchanged(layouts),
    facts: exchanged({ primary: facts.primary, standby: facts.standby }),
  }
  const steps = [
    ...(hasSync(basis) ? [stopSync<AnyOperationContext>(before, () => undefined)] : []),
    ...serveSteps(before),
  ]
  return steps.map((step) => inOtherRoles(step))
}

/** Without a unit, and without root, it is the user's crontab that starts the standby's PostgreSQL at boot. */
export const bootSteps = (basis: FollowBasis): readonly Step<RepairContext>[] =>
  basis.database.layout.unit === null && hostPlaces(basis.hosts.standby).keeper === 'login'
    ? [startAtBoot(basis)]
    : []

/** The steps of a re-pair in their order: each way, the cheapest first, until the standby streams. */
export function repairSteps(basis: RepairBasis): readonly Step<RepairContext>[] {
  const { database, layouts } = basis
  const prove = proveHost<RepairContext>({
    role: 'standby',
    layout: database.layout,
    systemIdentifier: layouts.standby.systemIdentifier,
    states: ['standby', 'starting', 'stopped'],
  })
  const inPlace = database.ways.some((way) => way === 'start' || way === 'follow')
  return [
    proveHosts(basis),
    ...promotedSteps(basis),
    ...packageSteps(basis),
    ...primarySteps(basis),
    releaseBoot(basis),
    ...applicationSteps(basis, prove),
    ...(inPlace ? [followPrimary(basis)] : []),
    ...(database.ways.includes('rewind') ? rewindSteps(basis) : []),
    ...copySteps(basis),
    ...bootSteps(basis),
    dropOldSlot(basis),
    seeStreaming(basis),
    noteKept(basis),
    ...syncSteps(basis),
    dropKit(basis, 'primary'),
    breakGlassKit(basis),
    recordRepaired(basis),
  ]
}

/** The steps where the pair leaves its database out. */
export const repairFileSteps = (basis: RepairFileBasis): readonly Step<RepairFileContext>[] => [
  proveHosts(basis),
  ...promotedSteps(basis),
  ...packageSteps(basis),
  ...applicationSteps<RepairFileContext>(basis, proveFileRole('standby', ['former', 'standby'])),
  takeFileRole(basis),
  ...syncSteps(basis),
  dropKit(basis, 'primary'),
  breakGlassKit(basis),
  recordRepaired(basis),
]

export const repairsDatabase = (basis: RepairBasis | RepairFileBasis): basis is RepairBasis =>
  'database' in basis

/** The same, as the plan shows them. */
export const plannedRepair = (basis: RepairBasis | RepairFileBasis): readonly PlannedStep[] =>
  (repairsDatabase(basis) ? repairSteps(basis) : repairFileSteps(basis)).map(({ planned }) => planned)
