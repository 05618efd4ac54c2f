import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import type { Proof, Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { fencePrimary } from '@/lib/operations/promote/steps/fence-primary'
import { stopOldApplication } from '@/lib/operations/promote/steps/stop-old-application'
import { stepFailed } from '@/lib/operations/step-failed'

/** Rule 1 the other way round: the last writable server is never stopped because it was the former one. */
async function verifyNewPrimary({ databases, hosts }: PromoteContext): Promise<void> {
  const [row] = await databases.standby.query('select pg_is_in_recovery() as recovering')
  if (row?.recovering === false) return
  throw new AppError('PRECONDITION_FAILED', `PostgreSQL on ${hosts.standby.name} accepts no writes.`, {
    fix: 'Find out which host the application uses: fencing now could leave it none.',
  })
}

/** A step as it is, but never taken back: undoing it would make two writable primaries by our doing. */
function kept(step: Step<PromoteContext>, undoSentence: string): Step<PromoteContext> {
  const { check, run, verify } = step
  const prove: Proof<PromoteContext> = async (context, io) => {
    await verifyNewPrimary(context)
    return (await step.prove?.(context, io)) ?? `${context.hosts.standby.name} accepts writes.`
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
function recordFenced({ hosts }: PromoteBasis): Step<PromoteContext> {
  const isDone = async ({ pairs, pair }: PromoteContext) =>
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

/** The steps that keep a former primary from writing: its application, its PostgreSQL, and the record of it. */
export function fenceSteps(basis: PromoteBasis, former: PostgresLayout): readonly Step<PromoteContext>[] {
  const { name } = basis.hosts.primary
  return [
    ...stopOldApplication(basis, former).map((step) =>
      kept(step, `The application on ${name} stays stopped.`),
    ),
    kept(fencePrimary(basis, former), `${name} stays fenced: started again it would be a second primary.`),
    recordFenced(basis),
  ]
}
