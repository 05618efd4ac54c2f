import type { PlannedStep } from '@/lib/domain/operation'
import { copiesFiles } from '@/lib/domain/pair'
import { createNames } from '@/lib/operations/create/basis'
import { accessRules } from '@/lib/operations/create/steps/access-rules'
import { passwordFile } from '@/lib/operations/create/steps/password-file'
import { replicationSlot } from '@/lib/operations/create/steps/replication-slot'
import { seeStreaming } from '@/lib/operations/create/steps/see-streaming'
import { walSettings } from '@/lib/operations/create/steps/wal-settings'
import type { Step } from '@/lib/operations/engine/step'
import { breakGlassKit, dropKit } from '@/lib/operations/kit/steps'
import { serveSteps } from '@/lib/operations/promote/promote-steps'
import { sharedLook } from '@/lib/operations/promote/shared-look'
import { awaitStream } from '@/lib/operations/promote/steps/await-stream'
import { checkpointNewPrimary } from '@/lib/operations/promote/steps/checkpoint-new-primary'
import { exchangeRoles } from '@/lib/operations/promote/steps/exchange-roles'
import { fenceFiles } from '@/lib/operations/promote/steps/fence-files'
import { finalPull } from '@/lib/operations/promote/steps/final-pull'
import { promoteFiles } from '@/lib/operations/promote/steps/promote-files'
import { promoteStandby } from '@/lib/operations/promote/steps/promote-standby'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { stopOldApplication } from '@/lib/operations/promote/steps/stop-old-application'
import { stopSync } from '@/lib/operations/promote/steps/stop-sync'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import type { FollowBasis, RepairContext, RepairFileContext } from '@/lib/operations/repair/basis'
import { bootSteps, syncSteps } from '@/lib/operations/repair/repair-steps'
import { dropOldSlot } from '@/lib/operations/repair/steps/drop-old-slot'
import { followPrimary } from '@/lib/operations/repair/steps/follow-primary'
import { recordRepaired } from '@/lib/operations/repair/steps/record-repaired'
import { takeFileRole } from '@/lib/operations/repair/steps/take-file-role'
import { proveRoles } from '@/lib/operations/steps/prove-roles'
import {
  type SwitchoverBasis,
  type SwitchoverContext,
  type SwitchoverFileBasis,
  type SwitchoverFileContext,
  switchesDatabase,
} from '@/lib/operations/switchover/basis'
import { beforePromotion, beforeStop } from '@/lib/operations/switchover/before-promotion'
import { checkpointPrimary } from '@/lib/operations/switchover/steps/checkpoint-primary'
import { endOldPrimary } from '@/lib/operations/switchover/steps/end-old-primary'
import { startOldPrimary } from '@/lib/operations/switchover/steps/start-old-primary'
import { stopPrimary, verifyShutDown } from '@/lib/operations/switchover/steps/stop-primary'
import { tellOldPrimary } from '@/lib/operations/switchover/steps/tell-old-primary'
import { turned } from '@/lib/operations/switchover/turned'
import { hasSync } from '@/lib/operations/sync-of'

/** Once the standby is promoted, what was asked for is done: that the old primary does not follow is an outcome of its own. */
const attaching = { mayFail: 'not-reattached' } as const

/** What the new primary needs to be one, and the old one to follow: prepared while everybody still works, so that it is not waited for. */
function readySteps(basis: FollowBasis): readonly Step<SwitchoverContext>[] {
  const steps: readonly Step<RepairContext>[] = [
    accessRules(basis, 'primary', basis.database.hbaBlocks.primary),
    walSettings(basis),
    ...(createNames(basis).hasSlot ? [replicationSlot(basis)] : []),
    passwordFile(basis),
    tellOldPrimary(basis),
  ]
  return steps.map((step) => turned(step))
}

/** The old primary follows, and the files flow the other way. */
function attachSteps(basis: FollowBasis): readonly Step<SwitchoverContext>[] {
  const steps: readonly Step<RepairContext>[] = [
    endOldPrimary(basis),
    followPrimary(basis),
    dropOldSlot(basis),
    seeStreaming(basis),
    ...bootSteps(basis),
    ...syncSteps(basis),
    dropKit(basis, 'primary'),
    breakGlassKit(basis),
    recordRepaired(basis),
  ]
  return steps.map((step) => turned(step, attaching))
}

/** The last files, once nothing writes them any more: all of them, or nothing is switched. Then none flow to the host that is about to be written to. */
const lastFileSteps = (basis: SwitchoverFileBasis): readonly Step<SwitchoverFileContext>[] => [
  ...(copiesFiles(basis.pair) ? [finalPull(basis, { needsAll: true })] : []),
  ...(hasSync(basis) ? [stopSync<SwitchoverFileContext>(basis, () => undefined)] : []),
]

const filesAhead = (basis: SwitchoverFileBasis): readonly Step<SwitchoverFileContext>[] =>
  copiesFiles(basis.pair) ? [finalPull(basis, { isAhead: true })] : []

/** What must be done before the promotion, in its order: first what interrupts nobody, then what nobody can write beside. */
function stepsBefore(basis: SwitchoverBasis): readonly Step<SwitchoverContext>[] {
  const { layouts } = basis
  return [
    beforeStop(proveRoles(basis)),
    ...readySteps(basis.turned),
    ...filesAhead(basis),
    awaitStream(basis, layouts.primary),
    checkpointPrimary(basis),
    ...stopOldApplication<SwitchoverContext>(basis, proveOldPrimary(basis, layouts.primary)),
    ...lastFileSteps(basis),
    stopPrimary(basis),
  ]
}

/** The steps of a switch over in their order. */
export const switchoverSteps = (basis: SwitchoverBasis): readonly Step<SwitchoverContext>[] => [
  ...stepsBefore(basis).map((step) => beforePromotion(step)),
  promoteStandby(basis, sharedLook(verifyShutDown)),
  exchangeRoles(basis, 'fenced', { mayFollow: true }),
  turned(startOldPrimary(basis.turned), attaching),
  ...serveSteps(basis),
  ...attachSteps(basis.turned),
  checkpointNewPrimary(basis),
]

/** The same where the pair leaves its database out. */
export function switchoverFileSteps(basis: SwitchoverFileBasis): readonly Step<SwitchoverFileContext>[] {
  const prove = proveFileRole<SwitchoverFileContext>('primary', ['primary', 'former'])
  const before: readonly Step<SwitchoverFileContext>[] = [
    proveRoles(basis),
    ...filesAhead(basis),
    ...stopOldApplication(basis, prove),
    fenceFiles(basis),
    ...lastFileSteps(basis),
  ]
  const { turned: to } = basis
  const attach: readonly Step<RepairFileContext>[] = [
    takeFileRole(to),
    ...syncSteps(to),
    dropKit(to, 'primary'),
    breakGlassKit(to),
    recordRepaired(to),
  ]
  return [
    ...before.map((step) => beforePromotion(step)),
    promoteFiles(basis),
    exchangeRoles(basis, 'fenced', { mayFollow: true }),
    ...serveSteps(basis),
    ...attach.map((step) => turned(step, attaching)),
  ]
}

/** The same, as the plan shows them. */
export const plannedSwitchover = (basis: SwitchoverBasis | SwitchoverFileBasis): readonly PlannedStep[] =>
  (switchesDatabase(basis) ? switchoverSteps(basis) : switchoverFileSteps(basis)).map(
    ({ planned }) => planned,
  )
