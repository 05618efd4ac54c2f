import type { PlannedStep } from '@/lib/domain/operation'
import { copiesFiles } from '@/lib/domain/pair'
import { applicationOf } from '@/lib/operations/application-of'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import { dropKit } from '@/lib/operations/kit/steps'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import {
  type AnyPromoteBasis,
  type PromoteBasis,
  promotesDatabase,
  type ServeBasis,
} from '@/lib/operations/promote/basis'
import type { AnyPromoteContext, PromoteContext } from '@/lib/operations/promote/context'
import { sharedLook } from '@/lib/operations/promote/shared-look'
import { asFarAsPossible } from '@/lib/operations/promote/steps/as-far-as-possible'
import { awaitStream } from '@/lib/operations/promote/steps/await-stream'
import { checkpointNewPrimary } from '@/lib/operations/promote/steps/checkpoint-new-primary'
import { endHungPrimary, isHung } from '@/lib/operations/promote/steps/end-hung-primary'
import { exchangeRoles } from '@/lib/operations/promote/steps/exchange-roles'
import { fenceFiles } from '@/lib/operations/promote/steps/fence-files'
import { fencePrimary } from '@/lib/operations/promote/steps/fence-primary'
import { finalPull } from '@/lib/operations/promote/steps/final-pull'
import { holdOldPrimary, proveSilent } from '@/lib/operations/promote/steps/hold-old-primary'
import { promoteFiles } from '@/lib/operations/promote/steps/promote-files'
import { promoteStandby, verifyPrimaryAway } from '@/lib/operations/promote/steps/promote-standby'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { receiveRest } from '@/lib/operations/promote/steps/receive-rest'
import { isReplayPaused, resumeReplay } from '@/lib/operations/promote/steps/resume-replay'
import { runHook } from '@/lib/operations/promote/steps/run-hook'
import { startApplication } from '@/lib/operations/promote/steps/start-application'
import { stopOldApplication } from '@/lib/operations/promote/steps/stop-old-application'
import { stopSync } from '@/lib/operations/promote/steps/stop-sync'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { hasSync } from '@/lib/operations/sync-of'

/** What is done on the old primary while its host answers: nothing when it does not. */
function fenceSteps(basis: PromoteBasis): readonly Step<PromoteContext>[] {
  const { layouts, facts } = basis
  if (!layouts.primary) return facts.primary.machine.seen ? unprovedSteps(basis) : []
  const writes = answerOf(facts.primary.server)?.inRecovery === false
  return [
    ...(writes ? [awaitStream(basis, layouts.primary)] : []),
    ...(isHung(facts) ? [endHungPrimary(basis, layouts.primary)] : []),
    ...stopOldApplication(basis, proveOldPrimary(basis, layouts.primary)),
    fencePrimary(basis, layouts.primary),
    receiveRest(basis, layouts.primary),
  ]
}

/** Its host answers, and its data directory is not there or is not the pair's: it can't be fenced, but it is kept from going on. */
function unprovedSteps(basis: PromoteBasis): readonly Step<PromoteContext>[] {
  const last = basis.facts.primaryLayout ?? basis.layouts.standby
  const steps = [...stopOldApplication(basis, proveSilent(basis)), holdOldPrimary(basis, last)]
  return steps.map(asFarAsPossible)
}

/**
 * The last files while the old primary still answers; then none flow to the host that is about to be written to. `meanwhile` as in `stopSync`.
 */
function fileSteps<C extends AnyPromoteContext>(
  basis: AnyPromoteBasis,
  meanwhile: (context: C) => void = () => undefined,
): readonly Step<C>[] {
  const { pair, facts } = basis
  if (!hasSync(basis)) return []
  const pulls = copiesFiles(pair) && facts.primary.machine.seen
  return [...(pulls ? [finalPull(basis)] : []), stopSync<C>(basis, meanwhile)]
}

/** What the new primary is for: the application, and what the operator wants done then. */
export function serveSteps(basis: ServeBasis): readonly Step<AnyOperationContext>[] {
  const { hosts, pair, facts } = basis
  const application = applicationOf({ ...basis, host: hosts.standby, slug: pair.slug, facts: facts.standby })
  return [
    ...(application === null ? [] : [startApplication(basis, application)]),
    ...basis.profile.hooks.promoted.map((hook) => runHook(basis, hook)),
  ]
}

/** The steps of a promotion in their order, from what is reachable. */
export function promoteSteps(basis: PromoteBasis): readonly Step<PromoteContext>[] {
  // A dead primary is waited for: that costs nothing while the copies end.
  const away = sharedLook(verifyPrimaryAway)
  return [
    ...(isReplayPaused(basis) ? [resumeReplay(basis)] : []),
    ...fenceSteps(basis),
    ...fileSteps<PromoteContext>(basis, away.begin),
    promoteStandby(basis, away),
    exchangeRoles(basis, basis.layouts.primary ? 'fenced' : 'watched'),
    ...serveSteps(basis),
    checkpointNewPrimary(basis),
    dropKit(basis, 'standby'),
  ]
}

/** The same where the pair leaves its database out: the files' direction is what is turned round. */
export function promoteFileSteps(basis: AnyPromoteBasis): readonly Step<AnyPromoteContext>[] {
  const isPrimaryThere = basis.facts.primary.machine.seen
  const prove = proveFileRole<AnyPromoteContext>('primary', ['primary', 'former'])
  return [
    ...(isPrimaryThere ? [...stopOldApplication(basis, prove), fenceFiles(basis)] : []),
    ...fileSteps(basis),
    promoteFiles(basis),
    exchangeRoles(basis, isPrimaryThere ? 'fenced' : 'watched'),
    ...serveSteps(basis),
    dropKit(basis, 'standby'),
  ]
}

/** The same, as the plan shows them. */
export const plannedPromote = (basis: AnyPromoteBasis): readonly PlannedStep[] =>
  (promotesDatabase(basis) ? promoteSteps(basis) : promoteFileSteps(basis)).map(({ planned }) => planned)
