import type { Plan, PlannedStep } from '@/lib/domain/operation'
import { isPointOfNoReturn } from '@/lib/domain/operation-verbs'
import { seededRandom, shuffled } from '@/test/harness/day-seed'

/** Where in a step it is hurt: before it acts, while it acts, after it acted but before that was seen. */
const points = ['before', 'during', 'after'] as const
export type Point = (typeof points)[number]

/**
 * What happens: it fails, its worker is killed (SIGKILL), its worker is stopped (SIGSTOP) until another has taken over and then
 * continues, or the cable of a host is cut when it begins to act, or in the middle of a long one.
 */
type HarmKind = 'fail' | 'kill' | 'stop' | 'cut-primary' | 'cut-standby'

export type Harm = {
  readonly stepId: string
  readonly phase: 'run' | 'undo'
  readonly point: Point
  readonly kind: HarmKind
}

/**
 * Harms that one operation stands one after the other, and how it goes on after each. `undo` takes all back at the first failure; every
 * other goes on until it has succeeded, but `undo-hurt`: it fails as late as can be undone, and then its undo is hurt.
 */
export const modes = [
  'twice',
  'resume',
  'undo',
  'undo-hurt',
  'kill',
  'two-killed',
  'two-stopped',
  'cut',
] as const
type Mode = (typeof modes)[number]

export type Chain = {
  readonly mode: Mode
  readonly harms: readonly Harm[]
  /** What tells it from the others of its mode; empty where it is the only one. */
  readonly part: string
}

export const harmName = ({ phase, stepId, point, kind }: Harm): string =>
  `${kind} ${point} ${phase === 'undo' ? 'the undo of ' : ''}${stepId}`

/** Steps before the point of no return. */
function reversibleOf(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const first = steps.findIndex(isPointOfNoReturn)
  return first < 0 ? steps : steps.slice(0, first)
}

const eachPoint = (steps: readonly PlannedStep[], phase: Harm['phase'], kinds: readonly HarmKind[]): Harm[] =>
  steps.flatMap(({ id }) =>
    points.flatMap((point) => kinds.map((kind): Harm => ({ stepId: id, phase, point, kind }))),
  )

/** A step that may take this long does most of it later than a moment in: it is hurt when it first says how far it is. */
const longMs = 3_600_000
export const isLong = ({ timeoutMs }: Pick<PlannedStep, 'timeoutMs'>): boolean => timeoutMs >= longMs

/** At each step, as it begins to act. */
const atEach = (steps: readonly PlannedStep[], point: Point, kinds: readonly HarmKind[]): Harm[] =>
  steps.flatMap(({ id }) => kinds.map((kind): Harm => ({ stepId: id, phase: 'run', point, kind })))

/**
 * Failures of which each takes all back: of a step that has done nothing yet, and of one in its middle. What a step has done whole is
 * taken back where the next one fails before it acts, so that only of the last one a failure after it is another case.
 */
const undoneAt = (steps: readonly PlannedStep[]): readonly Harm[] => [
  ...steps.flatMap((step) => [...atEach([step], 'before', ['fail']), ...atEach([step], 'during', ['fail'])]),
  ...atEach(steps.slice(-1), 'after', ['fail']),
]

const cables = ['cut-primary', 'cut-standby'] as const

/** What of a plan decides what it must stand. */
type Proved = Pick<Plan, 'steps' | 'undoesItself'>
type Harms = Pick<Chain, 'part' | 'harms'>

const alone = (harms: readonly Harm[]): Harms[] =>
  harms.map((harm) => ({ part: harmName(harm), harms: [harm] }))

/**
 * Steps whose failure ends the operation, so that a later harm would not meet it: what undoes itself is taken back, and what was asked for
 * is done without the steps that may fail. The others stand one harm after the other.
 */
function byEnd({ steps, undoesItself }: Proved) {
  const reversible = reversibleOf(steps)
  const isLeft = ({ mayFail }: PlannedStep) => mayFail === 'not-reattached'
  const isTakenBack = (step: PlannedStep) => undoesItself === true && reversible.includes(step)
  return {
    left: steps.filter(isLeft),
    takenBack: steps.filter(isTakenBack),
    others: steps.filter((step) => !isLeft(step) && !isTakenBack(step)),
  }
}

/** One cut of a step a chain: a step that gets over it has its effect, and a second would not meet it. */
function cutsOf(plan: Proved): readonly Harms[] {
  const { left, takenBack, others } = byEnd(plan)
  return cables.flatMap((cable) => [
    { part: cable, harms: atEach(others, 'before', [cable]) },
    { part: `${cable} at first progress`, harms: atEach(others.filter(isLong), 'during', [cable]) },
    ...[...takenBack, ...left].flatMap((step) => [
      ...alone(atEach([step], 'before', [cable])),
      ...alone(atEach(isLong(step) ? [step] : [], 'during', [cable])),
    ]),
  ])
}

function harmsOf(mode: Mode, plan: Proved): readonly Harms[] {
  const { steps } = plan
  const reversible = reversibleOf(steps)
  const whole = (harms: readonly Harm[]): Harms[] => [{ part: '', harms }]
  switch (mode) {
    case 'twice':
      return whole([])
    case 'resume': {
      // One that is taken back by itself has no failure to resume from: `undo` hurts it.
      const { left, others } = byEnd(plan)
      return [...whole(eachPoint(others, 'run', ['fail'])), ...alone(eachPoint(left, 'run', ['fail']))]
    }
    case 'undo':
      return alone(undoneAt(reversible))
    case 'undo-hurt': {
      const last = reversible.at(-1)
      const undone = reversible.filter(({ undo }) => undo === 'undo').toReversed()
      if (!last || undone.length === 0) return []
      const failed: Harm = { stepId: last.id, phase: 'run', point: 'after', kind: 'fail' }
      return whole([failed, ...eachPoint(undone, 'undo', ['kill', 'fail'])])
    }
    case 'kill':
      return whole(eachPoint(steps, 'run', ['kill']))
    case 'two-killed':
      return whole(atEach(steps, 'during', ['kill']))
    case 'two-stopped':
      return whole(atEach(steps, 'during', ['stop']))
    case 'cut':
      return cutsOf(plan)
  }
}

/** Everything that an operation must stand, from its plan: a new step is in it without anybody adding it. */
export const chainsOf = (plan: Proved): readonly Chain[] =>
  modes.flatMap((mode) =>
    harmsOf(mode, plan)
      .filter(({ harms }) => mode === 'twice' || harms.length > 0)
      .map((chain) => ({ mode, ...chain })),
  )

/** How many cases a chain is: each harm, or each step that acts twice. */
export const casesIn = (
  { mode, harms }: Pick<Chain, 'mode' | 'harms'>,
  steps: readonly PlannedStep[],
): number => (mode === 'twice' ? steps.length : harms.length)

/** Chains with at most `harmsMax` of their harms each, chosen by the seed, in an order chosen by it too. */
export function sampleChains(chains: readonly Chain[], seed: number, harmsMax: number): readonly Chain[] {
  const random = seededRandom(seed)
  const some = chains.map(({ mode, harms, part }): Chain => {
    const kept = new Set(shuffled(harms, random).slice(0, harmsMax))
    // The first of an undo that is hurt is what makes it fail.
    return {
      mode,
      part,
      harms: harms.filter((harm, index) => kept.has(harm) || (mode === 'undo-hurt' && index === 0)),
    }
  })
  return shuffled(some, random)
}
