import type { PlannedStep } from '@/lib/domain/operation'
import { stepStates } from '@/lib/domain/operation-state'
import { isPointOfNoReturn } from '@/lib/domain/operation-verbs'
import { AppError } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { alterStep } from '@/test/harness/alter-step'
import { EngineTrial, type ProvingGround } from '@/test/harness/engine-trial'

/** Where in a step something goes wrong: before it acts, while it acts, after it acted but before that was seen. */
const points = ['before', 'during', 'after'] as const
type Point = (typeof points)[number]

export type EngineProof = { readonly name: string; prove(): Promise<void> }

const broken = () => new AppError('HOST_CONNECTION_LOST', 'Broken on purpose.')
const killed = () => new LeftRunning('killed on purpose')

type Harm = {
  readonly point: Point
  readonly error: () => Error
  readonly ground: Pick<ProvingGround<unknown>, 'onceActed'>
}

/**
 * Does it as far as `point`, then throws. `during`: begun, and stopped between its commands where the world tells of them: killed
 * behind the first, failed behind the second; else stopped at once. What it did until it heeded stays.
 */
async function doUntil(
  { point, error, ground }: Harm,
  act: (io: StepIo) => Promise<unknown>,
  io: StepIo,
): Promise<never> {
  if (point === 'after') await act(io)
  if (point === 'during') {
    const controller = new AbortController()
    const stop = () => controller.abort(killed())
    ground.onceActed?.(error === killed ? 1 : 2, stop)
    const acting = act({ ...io, signal: AbortSignal.any([io.signal, controller.signal]) })
    if (!ground.onceActed) stop()
    await acting.catch(() => undefined)
  }
  throw error()
}

const change = <C>(steps: readonly Step<C>[], id: string, to: (step: Step<C>) => Step<C>) =>
  steps.map((step) => (step.planned.id === id ? to(step) : step))

const breakRun =
  <C>(harm: Harm) =>
  (step: Step<C>): Step<C> =>
    alterStep(step, {
      attemptsMax: 1,
      run: (context, io) => doUntil(harm, (inner) => step.run(context, inner), io),
    })

const breakUndo =
  <C>(harm: Harm) =>
  (step: Step<C>): Step<C> =>
    alterStep(step, {
      attemptsMax: 1,
      undo: (context, io) => doUntil(harm, (inner) => step.undo?.(context, inner) ?? Promise.resolve(), io),
    })

const runTwice = <C>(step: Step<C>): Step<C> => ({
  ...step,
  run: async (context, io) => {
    await step.run(context, io)
    await step.run(context, io)
  },
})

async function proveTwice<C>(trial: EngineTrial<C>): Promise<void> {
  trial.expect(await trial.life(trial.ground.steps.map(runTwice)), 'succeeded')
  await trial.ground.verifyDone()
}

async function proveUndo<C>(trial: EngineTrial<C>, id: string, point: Point): Promise<void> {
  trial.expect(
    await trial.life(
      change(trial.ground.steps, id, breakRun({ point, error: broken, ground: trial.ground })),
    ),
    'failed',
  )
  await trial.undoOrResume()
}

async function proveResume<C>(trial: EngineTrial<C>, id: string, point: Point): Promise<void> {
  trial.expect(
    await trial.life(
      change(trial.ground.steps, id, breakRun({ point, error: broken, ground: trial.ground })),
    ),
    'failed',
  )
  await trial.ask('resume')
  trial.expect(await trial.life(), 'succeeded')
  await trial.ground.verifyDone()
}

async function proveTakeOver<C>(trial: EngineTrial<C>, id: string, point: Point): Promise<void> {
  trial.expect(
    await trial.life(
      change(trial.ground.steps, id, breakRun({ point, error: killed, ground: trial.ground })),
    ),
    'dead',
  )
  trial.expect(await trial.life(), 'succeeded')
  await trial.ground.verifyDone()
}

/** How long a cancel may take to end a step, a job on its host with it. */
const cancelMaxMs = 5_000

/** Cancels while `id` acts: it stops at once, or what it does can't be cancelled and goes to its end. */
async function cancelDuring<C>(trial: EngineTrial<C>, id: string): Promise<'cancelled' | 'succeeded'> {
  const controller = new AbortController()
  let askedAt = 0
  const steps = change(trial.ground.steps, id, (step) => ({
    ...step,
    run: (context, io) => {
      const running = step.run(context, io)
      askedAt = performance.now()
      controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
      return running
    },
  }))
  const state = await trial.life(steps, controller)
  trial.expect(state, 'cancelled', 'succeeded')
  if (state !== 'cancelled') return 'succeeded'
  const tookMs = Math.round(performance.now() - askedAt)
  if (tookMs > cancelMaxMs) throw new Error(`${id} was cancelled only after ${tookMs} ms`)
  return 'cancelled'
}

async function proveCancel<C>(trial: EngineTrial<C>, id: string): Promise<void> {
  if ((await cancelDuring(trial, id)) === 'cancelled') await trial.undoOrResume()
  else await trial.ground.verifyDone()
}

/** One operation that is cancelled in each step in turn and resumed after each, until the last that can be undone: then it is undone. */
async function proveCancelChain<C>(trial: EngineTrial<C>): Promise<void> {
  const ids = reversibleSteps(trial.ground.plan.steps).map(({ id }) => id)
  for (const id of ids) {
    if (isOver(trial, id)) continue
    if ((await cancelDuring(trial, id)) === 'succeeded') return await trial.ground.verifyDone()
    if (id === ids.at(-1)) return await trial.undoOrResume()
    await trial.ask('resume')
  }
  trial.expect(await trial.life(), 'succeeded')
  await trial.ground.verifyDone()
}

/** The last step that can still be undone fails, so that there is most to undo; undoing `id` goes wrong at `point`. */
async function proveBrokenUndo<C>(
  trial: EngineTrial<C>,
  [id, last]: readonly [string, string],
  point: Point,
): Promise<void> {
  trial.expect(
    await trial.life(
      change(trial.ground.steps, last, breakRun({ point: 'after', error: broken, ground: trial.ground })),
    ),
    'failed',
  )
  await trial.ask('undo')
  trial.expect(
    await trial.life(
      change(trial.ground.steps, id, breakUndo({ point, error: broken, ground: trial.ground })),
    ),
    'undo-failed',
  )
  await trial.ask('undo')
  trial.expect(
    await trial.life(
      change(trial.ground.steps, id, breakUndo({ point, error: killed, ground: trial.ground })),
    ),
    'dead',
    'undone',
  )
  if (trial.operations.current().state !== 'undone') trial.expect(await trial.life(), 'undone')
  await trial.ground.verifyUndone()
}

/** Whether the operation has had the step's effect seen, or found it there. */
const isOver = <C>({ operations, ground }: EngineTrial<C>, id: string): boolean => {
  const view = stepStates(ground.plan, operations.recorded).find((step) => step.id === id)
  return view?.state === 'succeeded' || view?.state === 'skipped'
}

/** One operation that is hurt at every step in turn, at every point, by death and by failure, and still ends well. */
async function proveChain<C>(trial: EngineTrial<C>): Promise<void> {
  const { steps } = trial.ground
  const ids = steps.map(({ planned }) => planned.id)
  for (const [index, id] of ids.entries())
    for (const point of points)
      for (const hurt of harmsOf(steps, id)) {
        if (isOver(trial, id)) continue
        const later = ids.slice(index + 1)
        const stopped = later.reduce<readonly Step<C>[]>((all, next) => change(all, next, stopAtCheck), steps)
        const state = await trial.life(
          change(stopped, id, breakRun({ point, error: hurt, ground: trial.ground })),
        )
        trial.expect(state, 'dead', 'failed', 'succeeded')
        if (state === 'failed') await trial.ask('resume')
      }
  if (trial.operations.current().state !== 'succeeded') trial.expect(await trial.life(), 'succeeded')
  await trial.ground.verifyDone()
}

/** What a step must stand and still end well. One whose failure leaves the rest undone ends otherwise by that: it only dies. */
const harmsOf = <C>(steps: readonly Step<C>[], id: string) =>
  steps.find(({ planned }) => planned.id === id)?.planned.mayFail === 'not-reattached'
    ? [killed]
    : [killed, broken]

/** The process dies as soon as it comes to this step. */
const stopAtCheck = <C>(step: Step<C>): Step<C> => ({ ...step, check: () => Promise.reject(killed()) })

/** One operation that fails as late as it can be undone; its undo is hurt at every step in turn, and still takes all back. */
async function proveUndoChain<C>(trial: EngineTrial<C>): Promise<void> {
  const reversible = reversibleSteps(trial.ground.plan.steps)
  const last = reversible.at(-1)
  if (!last) return
  trial.expect(
    await trial.life(
      change(trial.ground.steps, last.id, breakRun({ point: 'after', error: broken, ground: trial.ground })),
    ),
    'failed',
  )
  await trial.ask('undo')
  for (const { id, undo } of [...reversible].reverse())
    for (const point of undo === 'undo' ? points : [])
      for (const hurt of [killed, broken]) {
        const state = await trial.life(
          change(trial.ground.steps, id, breakUndo({ point, error: hurt, ground: trial.ground })),
        )
        trial.expect(state, 'dead', 'undo-failed', 'undone')
        if (state === 'undo-failed') await trial.ask('undo')
        if (state === 'undone') return await trial.ground.verifyUndone()
      }
  trial.expect(await trial.life(), 'undone')
  await trial.ground.verifyUndone()
}

function reversibleSteps(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const firstPast = steps.findIndex(isPointOfNoReturn)
  return firstPast < 0 ? steps : steps.slice(0, firstPast)
}

type Proving<C> = readonly [name: string, prove: (trial: EngineTrial<C>) => Promise<void>]

function undoProofs<C>(steps: readonly PlannedStep[]): Proving<C>[] {
  const reversible = reversibleSteps(steps)
  const last = reversible.at(-1)
  if (!last) return []
  return reversible
    .filter(({ undo }) => undo === 'undo')
    .flatMap(({ id }) =>
      points.map(
        (point): Proving<C> => [
          `undoing ${id} fails and is killed ${point} it acts: undoing again ends it`,
          (trial) => proveBrokenUndo(trial, [id, last.id], point),
        ],
      ),
    )
}

/**
 * What every operation must stand, derived from its plan so that no step can be forgotten: each step run twice; a failure at each
 * and then undo, or resume; the process killed at each, and while undoing each; a cancel during each. Every proof
 * builds its own world. The invariants are read from the world after each life of the process, never from the record.
 */
export function engineProofs<C>(
  steps: readonly PlannedStep[],
  build: () => Promise<ProvingGround<C>>,
): readonly EngineProof[] {
  const each = steps.flatMap(({ id }) =>
    points.flatMap((point): Proving<C>[] => [
      [
        `${id} fails ${point} it acts: undo, or resume where there is no way back`,
        (trial) => proveUndo(trial, id, point),
      ],
      [`${id} fails ${point} it acts: resume`, (trial) => proveResume(trial, id, point)],
      [`killed ${point} ${id} acts: another takes over`, (trial) => proveTakeOver(trial, id, point)],
    ]),
  )
  const cancels = steps.map(
    ({ id }): Proving<C> => [
      `cancelled while ${id} acts: undo, or it goes to its end`,
      (trial) => proveCancel(trial, id),
    ],
  )
  const provings: Proving<C>[] = [
    ['each step acts twice', proveTwice],
    ...each,
    ...cancels,
    ...undoProofs<C>(steps),
  ]
  return provings.map((proving) => proofOf(proving, build))
}

/**
 * The same harm in three worlds instead of in one for each: everything that can go wrong at one step after the other, within one
 * operation, within one undo and by cancels. For worlds that take long to build.
 */
export function chainedProofs<C>(build: () => Promise<ProvingGround<C>>): readonly EngineProof[] {
  const provings: readonly Proving<C>[] = [
    ['killed and failing at every step in turn, before, during and after it acts: it ends well', proveChain],
    [
      'undone, killed and failing at every undo in turn, before, during and after it acts: all is as before',
      proveUndoChain,
    ],
    [
      'cancelled in every step in turn and resumed: each stops within 5 s, and at last all is taken back',
      proveCancelChain,
    ],
  ]
  return provings.map((proving) => proofOf(proving, build))
}

const proofOf = <C>([name, prove]: Proving<C>, build: () => Promise<ProvingGround<C>>): EngineProof => ({
  name,
  prove: async () => {
    const ground = await build()
    try {
      await prove(new EngineTrial(ground))
    } finally {
      await ground.dispose()
    }
  },
})
