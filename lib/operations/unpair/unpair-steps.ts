import { isTaken } from '@/lib/domain/adopt/adoption'
import type { PlannedStep } from '@/lib/domain/operation'
import { type Role, roles } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { isAtWork } from '@/lib/operations/adopt/recognise/maker'
import { applicationOf } from '@/lib/operations/application-of'
import { markOf } from '@/lib/operations/context'
import { hasDatabase } from '@/lib/operations/create/basis'
import { targetsOf } from '@/lib/operations/create/targets-of'
import type { Step } from '@/lib/operations/engine/step'
import { stopSync } from '@/lib/operations/promote/steps/stop-sync'
import { proveHost } from '@/lib/operations/prove-host'
import { hasSync } from '@/lib/operations/sync-of'
import {
  createdBasis,
  createdDatabase,
  hasOwnReplication,
  hasStandbyData,
  type UnpairBasis,
  type UnpairContext,
  wasStandby,
} from '@/lib/operations/unpair/basis'
import { bringDirectoriesBack } from '@/lib/operations/unpair/steps/bring-directories-back'
import { dropRoles } from '@/lib/operations/unpair/steps/drop-roles'
import { dropStandbySlot } from '@/lib/operations/unpair/steps/drop-slot'
import { forgetPrimary } from '@/lib/operations/unpair/steps/forget-primary'
import { jobsAsFound } from '@/lib/operations/unpair/steps/jobs-as-found'
import { keepCopy } from '@/lib/operations/unpair/steps/keep-copy'
import { managerAsFound } from '@/lib/operations/unpair/steps/manager-as-found'
import { markUnpaired } from '@/lib/operations/unpair/steps/mark-unpaired'
import { promoteApart } from '@/lib/operations/unpair/steps/promote-apart'
import { putCopyAside, putOriginalBack } from '@/lib/operations/unpair/steps/put-original-back'
import { removeAccessRules } from '@/lib/operations/unpair/steps/remove-access-rules'
import { removeFiles } from '@/lib/operations/unpair/steps/remove-files'
import { restoreApplication } from '@/lib/operations/unpair/steps/restore-application'
import { restoreSettings } from '@/lib/operations/unpair/steps/restore-settings'
import { startOriginal } from '@/lib/operations/unpair/steps/start-original'
import { stopStandby } from '@/lib/operations/unpair/steps/stop-standby'
import { streamAsFound } from '@/lib/operations/unpair/steps/stream-as-found'

type Steps = readonly Step<UnpairContext>[]

/** What create made in a server that accepts writes is taken out only of that very server. */
function databaseSteps(basis: UnpairBasis, role: Role, layout: PostgresLayout): Steps {
  const made = createdDatabase(basis)
  const isSlotHeld = role === 'primary' && basis.pair.settings.slotWalSegments != null
  const steps = [
    ...(made ? [restoreSettings(basis, role, made)] : []),
    dropRoles(basis, role),
    ...(isSlotHeld ? [dropStandbySlot(basis)] : []),
  ]
  const { systemIdentifier } = layout
  const prove = proveHost<UnpairContext>({ role, layout, systemIdentifier, states: ['primary'] })
  return steps.map((step) => ({ ...step, prove }))
}

/** The standby lets go, and its data becomes what it is left as. */
function letGoSteps(basis: UnpairBasis): Steps {
  const { facts } = basis
  const stop: Steps = hasSync(basis) ? [stopSync<UnpairContext>(basis, () => undefined)] : []
  const layout = basis.layouts.standby
  if (layout === null || !hasStandbyData(basis)) return stop
  if (facts.leave === 'as-found')
    return facts.created ? [...stop, streamAsFound(basis, layout, markOf(facts.created.operationId))] : stop
  if (facts.leave === 'standalone') return [...stop, promoteApart(basis, layout)]
  const made = createdDatabase(basis)
  const data =
    facts.leave === 'original' && made
      ? [putCopyAside(basis, made), putOriginalBack(basis, made)]
      : [forgetPrimary(basis, layout)]
  return [...stop, stopStandby(basis, layout), ...data]
}

/** What of the standby's own is put back in its place beside the database. */
function broughtBack(basis: UnpairBasis): Steps {
  const made = createdBasis(basis)
  if (basis.facts.leave !== 'original' || made === null || !wasStandby(basis, 'standby')) return []
  const hasTargets = targetsOf(made).length > 0
  return [...(hasTargets ? [bringDirectoriesBack(basis, made)] : []), keepCopy(basis, made)]
}

/** Whether the application of the standby is left as it was before the pair. */
const isApplicationBack = ({ facts, pair }: UnpairBasis): boolean =>
  facts.leave === 'original' || (facts.leave === 'as-found' && isTaken(pair, 'application'))

/** The server and the application that were there before the pair run again. */
function startedAgain(basis: UnpairBasis): Steps {
  const made = createdBasis(basis)
  if (!isApplicationBack(basis) || made === null || !wasStandby(basis, 'standby')) return []
  const host = basis.hosts.standby
  const application = applicationOf({ ...basis, host, slug: basis.pair.slug, facts: made.facts.standby })
  return [
    ...(basis.facts.leave === 'original' && hasDatabase(made) && hasStandbyData(basis)
      ? [startOriginal(basis, made)]
      : []),
    ...(application ? [restoreApplication(basis, made, application)] : []),
  ]
}

/** Whether the standby's server runs once it has been left as chosen, before anything starts it again. */
function standbyRuns(basis: UnpairBasis): boolean {
  if (hasStandbyData(basis)) return ['standalone', 'as-found'].includes(basis.facts.leave)
  const state = basis.facts.places.standby?.state
  return state === 'primary' || state === 'standby'
}

/** Layouts of the servers in which something of the pair may be: where somebody else's replication is only observed there is nothing. */
const ownLayouts = (basis: UnpairBasis): UnpairBasis['layouts'] =>
  hasOwnReplication(basis) ? basis.layouts : { primary: null, standby: null }

/** What worked before a pair was taken over works again, once nothing of ours does its work. */
function asFoundSteps(basis: UnpairBasis): Steps {
  const { pair, facts } = basis
  const { adoption } = pair
  if (facts.leave !== 'as-found' || !adoption) return []
  const jobs = (role: Role) =>
    isTaken(pair, 'files') ? adoption.found.jobs.filter((job) => job.role === role) : []
  const managers = isTaken(pair, 'replication') ? adoption.found.managers.filter(isAtWork) : []
  return [
    ...roles.flatMap((role) => (jobs(role).length > 0 ? [jobsAsFound(basis, role, jobs(role))] : [])),
    ...managers.flatMap((manager) =>
      manager.unit === null ? [] : [managerAsFound(basis, manager, manager.unit)],
    ),
  ]
}

function standbySteps(basis: UnpairBasis): Steps {
  const { standby } = ownLayouts(basis)
  const isApart = basis.facts.leave === 'standalone' && hasStandbyData(basis)
  const isRunning = standbyRuns(basis)
  return [
    ...letGoSteps(basis),
    ...broughtBack(basis),
    ...(standby ? [removeAccessRules(basis, 'standby', { ...standby, isRunning })] : []),
    removeFiles(basis, 'standby'),
    ...(standby && isApart ? databaseSteps(basis, 'standby', standby) : []),
    ...startedAgain(basis),
  ]
}

function primarySteps(basis: UnpairBasis): Steps {
  const { primary } = ownLayouts(basis)
  return [
    ...(primary ? [removeAccessRules(basis, 'primary', { ...primary, isRunning: true })] : []),
    removeFiles(basis, 'primary'),
    ...(primary ? databaseSteps(basis, 'primary', primary) : []),
  ]
}

/**
 * The steps of an unpair in their order, on the hosts that can be reached: the standby lets go before anything that it rests on is taken
 * from the primary, where its slot goes last.
 */
export function unpairSteps(basis: UnpairBasis): Steps {
  const { acts } = basis.facts
  if (acts.length === 0) return []
  return [
    ...(acts.includes('standby') ? standbySteps(basis) : []),
    ...asFoundSteps(basis),
    ...(acts.includes('primary') ? primarySteps(basis) : []),
    markUnpaired(basis),
  ]
}

/** The same, as the plan shows them. */
export const plannedUnpair = (basis: UnpairBasis): readonly PlannedStep[] =>
  unpairSteps(basis).map(({ planned }) => planned)
