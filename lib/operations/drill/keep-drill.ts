import { type Drill, type DrillCheck, whyPast, withCheck } from '@/lib/domain/drill'
import { AppError } from '@/lib/errors'
import type { DrillContext } from '@/lib/operations/drill/basis'
import type { Step } from '@/lib/operations/engine/step'

/** The drill as it is kept. Throws INTERNAL where it was not begun: the first step does that. */
export async function readDrill({ drills, operationId }: DrillContext): Promise<Drill> {
  const drill = await drills.find(operationId)
  if (!drill) throw new AppError('INTERNAL', 'The drill is not recorded.', { fix: 'Resume the operation.' })
  return drill
}

/**
 * Keeps what was seen, while anything is tried: what a worker that was given up for dead sees later, of a copy that another has stopped and removed,
 * says nothing.
 */
const keepSeen = (
  { drills, operationId }: DrillContext,
  seen: (drill: Drill) => Partial<Drill>,
): Promise<Drill> =>
  drills.change(operationId, (drill) => (whyPast(drill) === null ? { ...drill, ...seen(drill) } : drill))

export const keepDrill = (context: DrillContext, over: Pick<Drill, 'copy'> | Pick<Drill, 'recoveryMs'>) =>
  keepSeen(context, () => over)

export const keepCheck = (context: DrillContext, check: DrillCheck) =>
  keepSeen(context, ({ checks }) => ({ checks: withCheck(checks, check) }))

/** Nothing is tried from here on, by whichever worker. */
export const beginClearing = ({ drills, operationId }: DrillContext): Promise<Drill> =>
  drills.change(operationId, (drill) => (drill.phase === 'trying' ? { ...drill, phase: 'clearing' } : drill))

/** What was tried failed: that is kept, and thrown. The first reason stays. */
export async function failed(
  context: DrillContext,
  message: string,
  fix: string,
  detail = '',
): Promise<AppError> {
  await keepSeen(context, () => ({ outcome: 'failed', reason: message }))
  return new AppError('STEP_FAILED', message, { fix, detail })
}

export async function gaveWay(context: DrillContext, message: string): Promise<AppError> {
  await keepSeen(context, () => ({ outcome: 'gave-way', reason: message }))
  return gaveWayError(message)
}

export const gaveWayError = (message: string): AppError =>
  new AppError('GAVE_WAY', message, {
    fix: 'Nothing of the pair was touched. Drill again at a quieter time, or with another limit.',
  })

/**
 * A step that tries something. Once it is clear how the drill ends, or what was made for it is being removed, whoever comes to it again (with
 * a resume, or late) makes nothing anew. Its check still tells what is there, so that an undo can be seen.
 */
export function whileTrying(step: Step<DrillContext>): Step<DrillContext> {
  const past = async (context: DrillContext) => whyPast(await readDrill(context))
  return {
    ...step,
    async run(context, io) {
      if ((await past(context)) === null) await step.run(context, io)
    },
    verify: async (context, io) => (await past(context)) ?? (await step.verify(context, io)),
  }
}
