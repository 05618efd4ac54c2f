import type { PlannedStep } from '@/lib/domain/operation'
import { roles } from '@/lib/domain/pair'
import { type AdoptBasis, type AdoptContext, slotLeft, takes } from '@/lib/operations/adopt/basis'
import { dropFoundSlot } from '@/lib/operations/adopt/steps/drop-found-slot'
import { holdJobs } from '@/lib/operations/adopt/steps/hold-jobs'
import { recordTaken } from '@/lib/operations/adopt/steps/record-taken'
import { stopManager } from '@/lib/operations/adopt/steps/stop-manager'
import { takeStream } from '@/lib/operations/adopt/steps/take-stream'
import { createNames } from '@/lib/operations/create/basis'
import { applicationSteps } from '@/lib/operations/create/create-steps'
import { accessRules } from '@/lib/operations/create/steps/access-rules'
import { firstCopy } from '@/lib/operations/create/steps/first-copy'
import { passwordFile } from '@/lib/operations/create/steps/password-file'
import { replicationRoles } from '@/lib/operations/create/steps/replication-roles'
import { replicationSlot } from '@/lib/operations/create/steps/replication-slot'
import { seeStreaming } from '@/lib/operations/create/steps/see-streaming'
import { needsBootLine, startAtBoot } from '@/lib/operations/create/steps/start-at-boot'
import { syncAccess } from '@/lib/operations/create/steps/sync-access'
import { syncKey } from '@/lib/operations/create/steps/sync-key'
import { syncRunner } from '@/lib/operations/create/steps/sync-runner'
import { syncSchedule } from '@/lib/operations/create/steps/sync-schedule'
import { syncSender } from '@/lib/operations/create/steps/sync-sender'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import type { Step } from '@/lib/operations/engine/step'
import { breakGlassKit } from '@/lib/operations/kit/steps'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { proveHost } from '@/lib/operations/prove-host'
import { alterSettings } from '@/lib/operations/steps/alter-settings'
import { proveRoles } from '@/lib/operations/steps/prove-roles'

type Steps = readonly Step<AdoptContext>[]

/** What the primary keeps for the standby; nothing of it needs a restart. */
function retention({ facts, hosts, pair }: AdoptBasis): Step<AdoptContext> {
  const server = answerOf(facts.primary.server)
  return alterSettings<AdoptContext>({
    id: 'wal-settings',
    title: `Set how much WAL ${hosts.primary.name} keeps`,
    role: 'primary',
    values: server ? walNeeds(server, hosts.primary.address, pair.settings).reload : {},
    before: server?.altered ?? {},
  })
}

/** Who fails over by itself is kept from it first: a stream that ends for a moment would be a reason to. */
function replicationSteps(basis: AdoptBasis): Steps {
  const { hbaBlocks } = basis.facts
  const { hasSlot, slot } = createNames(basis)
  const left = slotLeft(basis, slot)
  return [
    ...basis.managers
      .toReversed()
      .flatMap((manager) => (manager.unit ? [stopManager(basis.hosts, manager, manager.unit)] : [])),
    replicationRoles(basis),
    accessRules(basis, 'primary', hbaBlocks.primary),
    accessRules(basis, 'standby', hbaBlocks.standby, true),
    retention(basis),
    ...(hasSlot ? [replicationSlot(basis)] : []),
    passwordFile(basis),
    takeStream(basis),
    seeStreaming(basis),
    ...(left === null ? [] : [dropFoundSlot(basis, left)]),
  ]
}

/** Nothing is marked, and nothing of ours copies, before what has copied until now is out; so it is when this is taken back. */
function fileSteps(basis: AdoptBasis): Steps {
  const held = roles.toReversed().flatMap((role) => {
    const jobs = basis.jobs.filter((job) => job.role === role)
    return jobs.length > 0 ? [holdJobs(basis, role, jobs)] : []
  })
  return [
    syncRunner(basis),
    syncKey(basis),
    ...held,
    syncSender(basis),
    syncAccess(basis),
    firstCopy(basis, { isOver: true }),
    syncSchedule(basis),
  ]
}

function offSteps(basis: AdoptBasis): Steps {
  const { standby } = basis.layouts
  const prove = proveHost<AdoptContext>({
    role: 'standby',
    layout: standby,
    systemIdentifier: standby.systemIdentifier,
    states: ['standby'],
  })
  return [
    ...applicationSteps<AdoptContext>(basis, prove),
    ...(needsBootLine(basis) ? [startAtBoot(basis)] : []),
  ]
}

/** The steps by which a pair that somebody else made becomes our own, piece by piece; recorded last. */
export const adoptSteps = (basis: AdoptBasis): Steps => [
  proveRoles<AdoptContext>(basis),
  ...(takes(basis, 'replication') ? replicationSteps(basis) : []),
  ...(takes(basis, 'files') ? fileSteps(basis) : []),
  ...(takes(basis, 'application') ? offSteps(basis) : []),
  ...(takes(basis, 'kit') ? [breakGlassKit<AdoptContext>(basis)] : []),
  recordTaken(basis),
]

/** The same, as the plan shows them. */
export const plannedAdopt = (basis: AdoptBasis): readonly PlannedStep[] =>
  adoptSteps(basis).map(({ planned }) => planned)
