import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@/lib/errors'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { LeftRunning } from '@/lib/operations/engine/ports'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { alterStep } from '@/test/harness/alter-step'
import type { Harm, Point } from '@/test/matrix/cases'

/** Does what the harm says, in the process that runs the step; resolves where the step goes on. */
export type Inflict = (harm: Harm) => Promise<void>

/** How long a step has acted when it is hurt in the middle: long enough for its first command to have left. */
const duringMs = 40

type Act = (io: StepIo) => Promise<unknown>

/** A failure in the middle: what the step did until it heeded the signal stays. */
async function failDuring(act: Act, io: StepIo): Promise<void> {
  const controller = new AbortController()
  const acting = act({ ...io, signal: AbortSignal.any([io.signal, controller.signal]) })
  await Promise.race([acting, sleep(duringMs)]).catch(() => undefined)
  controller.abort(new LeftRunning('failed on purpose'))
  await acting.catch(() => undefined)
}

async function actAndBeHurt(
  act: Act,
  io: StepIo,
  pending: readonly Harm[],
  inflict: Inflict,
): Promise<unknown> {
  const at = async (point: Point) => {
    for (const harm of pending.filter((candidate) => candidate.point === point)) await inflict(harm)
  }
  await at('before')
  const during = pending.filter(({ point }) => point === 'during')
  const failing = during.find(({ kind }) => kind === 'fail')
  if (failing) {
    await failDuring(act, io)
    await inflict(failing)
  }
  const acting = act(io)
  acting.catch(() => undefined)
  if (during.length > 0) await Promise.race([acting, sleep(duringMs)]).catch(() => undefined)
  for (const harm of during) await inflict(harm)
  const result = await acting
  await at('after')
  return result
}

export const brokenOnPurpose = () => new AppError('HOST_CONNECTION_LOST', 'Broken on purpose.')

/** The next harm of a step only: what is to come after it is for the step's next attempt, or its next worker. */
function nextOf(
  harms: readonly Harm[],
  stepId: string,
  phase: Harm['phase'],
  done: ReadonlySet<Harm>,
): readonly Harm[] {
  const next = harms.find((harm) => !done.has(harm) && harm.stepId === stepId && harm.phase === phase)
  return next ? [next] : []
}

/** The steps of an operation as they are, but hurt as planned, each harm once. With `twice` each acts twice. */
export function harmSteps(
  opened: OpenedOperation,
  {
    harms,
    twice,
    done,
    inflict,
  }: { harms: readonly Harm[]; twice: boolean; done: Set<Harm>; inflict: Inflict },
): OpenedOperation {
  const hurt = (stepId: string, phase: Harm['phase']) => async (act: Act, io: StepIo) => {
    const pending = nextOf(harms, stepId, phase, done)
    const once: Inflict = async (harm) => {
      done.add(harm)
      await inflict(harm)
    }
    return await actAndBeHurt(act, io, pending, once)
  }
  const change = (step: Step<null>): Step<null> => {
    const { id, attemptsMax } = step.planned
    const isHurt = harms.some((harm) => harm.stepId === id && harm.kind === 'fail')
    const { undo } = step
    return alterStep(step, {
      // A failure on purpose ends the operation: trying again by itself would hide it.
      attemptsMax: isHurt ? 1 : attemptsMax,
      run: async (context, io) => {
        await hurt(id, 'run')((inner) => step.run(context, inner), io)
        if (twice) await step.run(context, io)
      },
      ...(undo && {
        undo: async (context, io) => {
          const sentence = await hurt(id, 'undo')((inner) => undo(context, inner), io)
          return String(sentence)
        },
      }),
    })
  }
  return { ...opened, steps: opened.steps.map(change) }
}
