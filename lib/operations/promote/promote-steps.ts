import { applicationOf } from '@/lib/operations/application-of'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { awaitStream } from '@/lib/operations/promote/steps/await-stream'
import { checkpointNewPrimary } from '@/lib/operations/promote/steps/checkpoint-new-primary'
import { exchangeRoles } from '@/lib/operations/promote/steps/exchange-roles'
import { fencePrimary } from '@/lib/operations/promote/steps/fence-primary'
import { finalPull } from '@/lib/operations/promote/steps/final-pull'
import { promoteStandby } from '@/lib/operations/promote/steps/promote-standby'
import { receiveRest } from '@/lib/operations/promote/steps/receive-rest'
import { runHook } from '@/lib/operations/promote/steps/run-hook'
import { startApplication } from '@/lib/operations/promote/steps/start-application'
import { stopOldApplication } from '@/lib/operations/promote/steps/stop-old-application'
import { stopSync } from '@/lib/operations/promote/steps/stop-sync'

/** What is done on the old primary while its host answers: nothing when it does not. */
function fenceSteps(basis: PromoteBasis): readonly Step<PromoteContext>[] {
  const { layouts, facts } = basis
  if (!layouts.primary) return []
  const writes = answerOf(facts.primary.server)?.inRecovery === false
  return [
    ...(writes ? [awaitStream(basis, layouts.primary)] : []),
    ...stopOldApplication(basis, layouts.primary),
    fencePrimary(basis, layouts.primary),
    receiveRest(basis, layouts.primary),
  ]
}

/** The last files while the old primary still answers; then none flow to the host that is about to be written to. */
function fileSteps(basis: PromoteBasis): readonly Step<PromoteContext>[] {
  const { pair, layouts } = basis
  if (!pair.scope.files || pair.settings.directories.length === 0) return []
  return [...(layouts.primary ? [finalPull(basis)] : []), stopSync(basis)]
}

/** The steps of a promotion in their order, from what is reachable. */
export function promoteSteps(basis: PromoteBasis): readonly Step<PromoteContext>[] {
  const { hosts, pair, facts } = basis
  const application = applicationOf({ ...basis, host: hosts.standby, slug: pair.slug, facts: facts.standby })
  return [
    ...fenceSteps(basis),
    ...fileSteps(basis),
    promoteStandby(basis),
    exchangeRoles(basis, basis.layouts.primary ? 'fenced' : 'watched'),
    ...(application === null ? [] : [startApplication(basis, application)]),
    ...basis.profile.hooks.promoted.map((hook) => runHook(basis, hook)),
    checkpointNewPrimary(basis),
  ]
}
