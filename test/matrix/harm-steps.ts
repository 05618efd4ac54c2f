import { setTimeout as sleep } from 'node:timers/promises'
import type { PlannedStep } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { LeftRunning } from '@/lib/operations/engine/ports'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { alterStep } from '@/test/harness/alter-step'
import { type Harm, isLong, type Point } from '@/test/matrix/cases'

/** Does what the harm says, in the process that runs the step; resolves where the step goes on. */
export type Inflict = (harm: Harm) => Promise<void>

/** How long a step has acted when it is hurt in the middle: long enough for its first command to have left. */
const duringMs = 40

type Act = (io: StepIo) => Promise<unknown>

/** The step's io, and when its middle has come: some moments in, or the first progress of a long one. */
function watchMiddle(io: StepIo, awaitsProgress: boolean): { io: StepIo; middle: Promise<unknown> } {
  if (!awaitsProgress) return { io, middle: sleep(duringMs) }
  let begin: () => void = () => undefined
  const middle = new Promise<void>((resolve) => {
    begin = resolve
  })
  const progress: StepIo['progress'] = (given) => {
    begin()
    io.progress(given)
  }
  return { io: { ...io, progress }, middle }
}

/** A failure in the middle: what the step did until it heeded the signal stays. */
async function failDuring(act: Act, given: StepIo, awaitsProgress: boolean): Promise<void> {
  const controller = new AbortController()
  const { io, middle } = watchMiddle(given, awaitsProgress)
  const acting = act({ ...io, signal: AbortSignal.any([io.signal, controller.signal]) })
  await Promise.race([acting, middle]).catch(() => undefined)
  controller.abort(new LeftRunning('failed on purpose'))
  await acting.catch(() => undefined)
}

async function actAndBeHurt(
  act: Act,
  given: StepIo,
  {
    pending,
    awaitsProgress,
    inflict,
  }: { pending: readonly Harm[]; awaitsProgress: boolean; inflict: Inflict },
): Promise<unknown> {
  const at = async (point: Point) => {
    for (const harm of pending.filter((candidate) => candidate.point === point)) await inflict(harm)
  }
  await at('before')
  const during = pending.filter(({ point }) => point === 'during')
  const failing = during.find(({ kind }) => kind === 'fail')
  if (failing) {
    await failDuring(act, given, awaitsProgress)
    await inflict(failing)
  }
  const { io, middle } = watchMiddle(given, awaitsProgress)
  const acting = act(io)
  acting.catch(() => undefined)
  if (during.length > 0) await Promise.race([acting, middle]).catch(() => undefined)
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
    onTwice,
  }: {
    harms: readonly Harm[]
    twice: boolean
    done: Set<Harm>
    inflict: Inflict
    /** Told of each step that has acted twice. */
    onTwice: (stepId: string) => Promise<void>
  },
): OpenedOperation {
  const hurt = (planned: PlannedStep, phase: Harm['phase']) => async (act: Act, io: StepIo) => {
    const pending = nextOf(harms, planned.id, phase, done)
    const once: Inflict = async (harm) => {
      done.add(harm)
      await inflict(harm)
    }
    return await actAndBeHurt(act, io, { pending, awaitsProgress: isLong(planned), inflict: once })
  }
  const change = (step: Step<null>): Step<null> => {
    const { id, attemptsMax } = step.planned
    const isHurt = harms.some((harm) => harm.stepId === id && harm.kind === 'fail')
    const { undo } = step
    return alterStep(step, {
      // A failure on purpose ends the operation: trying again by itself would hide it.
      attemptsMax: isHurt ? 1 : attemptsMax,
      run: async (context, io) => {
        await hurt(step.planned, 'run')((inner) => step.run(context, inner), io)
        if (!twice) return
        await step.run(context, io)
        await onTwice(id)
      },
      ...(undo && {
        undo: async (context, io) => {
          const sentence = await hurt(step.planned, 'undo')((inner) => undo(context, inner), io)
          return String(sentence)
        },
      }),
    })
  }
  return { ...opened, steps: opened.steps.map(change) }
}
