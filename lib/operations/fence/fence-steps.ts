import type { PlannedStep } from '@/lib/domain/operation'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import type { Proof, Step } from '@/lib/operations/engine/step'
import { type AnyPromoteBasis, type PromoteBasis, promotesDatabase } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext, PromoteContext } from '@/lib/operations/promote/context'
import { serveSteps } from '@/lib/operations/promote/promote-steps'
import { endHungPrimary, isHung } from '@/lib/operations/promote/steps/end-hung-primary'
import { exchangeRoles } from '@/lib/operations/promote/steps/exchange-roles'
import { fenceFiles } from '@/lib/operations/promote/steps/fence-files'
import { fencePrimary } from '@/lib/operations/promote/steps/fence-primary'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { stopOldApplication } from '@/lib/operations/promote/steps/stop-old-application'
import { stopSync } from '@/lib/operations/promote/steps/stop-sync'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { stepFailed } from '@/lib/operations/step-failed'
import { hasSync } from '@/lib/operations/sync-of'

/** Rule 1 the other way round: the last writable server is never stopped because it was the former one. */
async function proveNewPrimary({ databases, hosts }: PromoteContext): Promise<string> {
  const [row] = await databases.standby.query('select pg_is_in_recovery() as recovering')
  if (row?.recovering === false) return `${hosts.standby.name} accepts writes.`
  throw new AppError('PRECONDITION_FAILED', `PostgreSQL on ${hosts.standby.name} accepts no writes.`, {
    fix: 'Find out which host the application uses: fencing now could leave it none.',
  })
}

/** A step as it is, but never taken back: undoing it would make two writable primaries by our doing. */
function kept<C extends AnyPromoteContext>(
  step: Step<C>,
  proveNewPrimary: Proof<C>,
  undoSentence: string,
): Step<C> {
  const { check, run, verify } = step
  const prove: Proof<C> = async (context, io) => {
    const sentence = await proveNewPrimary(context, io)
    return (await step.prove?.(context, io)) ?? sentence
  }
  const planned = {
    ...step.planned,
    undo: 'nothing-to-undo' as const,
    undoSentence,
    irreversible: false as const,
  }
  return { planned, prove, check, run, verify }
}

/** The dashboard knows that the former primary can't come back writable any more. */
function recordFenced({ hosts }: AnyPromoteBasis): Step<AnyPromoteContext> {
  const isDone = async ({ pairs, pair }: AnyPromoteContext) =>
    (await pairs.find(pair.id))?.formerPrimary === 'fenced'
  return {
    planned: {
      id: 'record-fenced',
      title: `Record ${hosts.primary.name} as fenced`,
      host: 'here',
      preview: [{ kind: 'note', text: `${hosts.primary.name} is not watched for any more.` }],
      undo: 'nothing-to-undo',
      undoSentence: 'It is fenced, so its record stays.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 5,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run({ pairs, pair }) {
      await pairs.update(pair.id, { formerPrimary: 'fenced' })
    },
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed('The fence was not recorded.', 'Resume the operation.')
      return `${hosts.primary.name} is fenced and can be made a standby again.`
    },
  }
}

/**
 * What is recorded of it. Where the operator chose the host that was expected to be the primary, the other one is it from now on: no file
 * flows onto that any more, and the application is served there.
 */
function recordSteps<C extends AnyPromoteContext>(
  basis: AnyPromoteBasis,
  proveNew: Proof<C>,
): readonly Step<C>[] {
  const { facts } = basis
  if (facts.chosen !== 'primary') return [recordFenced(basis)]
  return [
    ...(hasSync(basis) ? [stopSync<C>(basis, () => undefined)] : []).map((step) =>
      kept(step, proveNew, `No file flows onto ${basis.hosts.standby.name}.`),
    ),
    exchangeRoles(basis, 'fenced'),
    ...serveSteps(basis),
  ]
}

/** The steps that keep a former primary from writing: its application, its PostgreSQL, and the record of it. */
export function fenceSteps(basis: PromoteBasis, former: PostgresLayout): readonly Step<PromoteContext>[] {
  const { name } = basis.hosts.primary
  return [
    ...(isHung(basis.facts) ? [endHungPrimary(basis, former)] : []).map((step) =>
      kept(step, proveNewPrimary, `PostgreSQL on ${name} stays stopped.`),
    ),
    ...stopOldApplication(basis, proveOldPrimary(basis, former)).map((step) =>
      kept(step, proveNewPrimary, `The application on ${name} stays stopped.`),
    ),
    kept(
      fencePrimary(basis, former),
      proveNewPrimary,
      `${name} stays fenced: started again it would be a second primary.`,
    ),
    ...recordSteps(basis, proveNewPrimary),
  ]
}

/** The same where the pair leaves its database out. */
export function fenceFileSteps(basis: AnyPromoteBasis): readonly Step<AnyPromoteContext>[] {
  const { name } = basis.hosts.primary
  const proveNew = proveFileRole<AnyPromoteContext>('standby', ['primary'])
  const proveFormer = proveFileRole<AnyPromoteContext>('primary', ['primary', 'former'])
  return [
    ...stopOldApplication(basis, proveFormer).map((step) =>
      kept(step, proveNew, `The application on ${name} stays stopped.`),
    ),
    kept(fenceFiles(basis), proveNew, `${name} stays fenced: it would be a second primary.`),
    ...recordSteps(basis, proveNew),
  ]
}

/** The same, as the plan shows them; none where the former primary could not be proved. */
export function plannedFence(basis: AnyPromoteBasis): readonly PlannedStep[] {
  if (!promotesDatabase(basis))
    return basis.facts.primary.machine.seen ? fenceFileSteps(basis).map(({ planned }) => planned) : []
  const { primary } = basis.layouts
  return primary ? fenceSteps(basis, primary).map(({ planned }) => planned) : []
}
