import type { Plan } from '@/lib/domain/operation'
import { type Chain, casesIn, chainsOf } from '@/test/matrix/cases'
import type { Ground } from '@/test/matrix/grounds'
import type { Row } from '@/test/matrix/proof-text'
import type { Scenario } from '@/test/matrix/scenario'

/** One chain that is to be lived through, under the name by which its result is kept. */
export type ChainTask = {
  readonly name: string
  readonly ground: Ground
  readonly scenario: Scenario
  readonly chain: Chain
  readonly steps: number
  readonly planned: number
}

/** All chains of an operation that is planned so. */
export const tasksOf = (
  ground: Ground,
  scenario: Scenario,
  plan: Pick<Plan, 'steps' | 'undoesItself'>,
): readonly ChainTask[] =>
  chainsOf(plan).map((chain) => ({
    name: `${ground.layout}: ${scenario.name} ${chain.mode} ${chain.part}`.trim(),
    ground,
    scenario,
    chain,
    steps: plan.steps.length,
    planned: casesIn(chain, plan.steps),
  }))

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const unknownCaseMs = 5_000

/**
 * How long a chain takes, in ms: as it took when it was run before, on whatever code; else by what each case of its kind took, or of any.
 */
export function expectedMs(
  { name, chain, planned }: Pick<ChainTask, 'name' | 'chain' | 'planned'>,
  rows: readonly Row[],
): number {
  const before = rows.find((row) => row.name === name)
  if (before) return before.tookMs
  const alike = rows.filter(({ mode }) => mode === chain.mode)
  const known = alike.length > 0 ? alike : rows
  const cases = sum(known.map((row) => row.planned))
  return planned * (cases === 0 ? unknownCaseMs : sum(known.map(({ tookMs }) => tookMs)) / cases)
}

/** What is still to be run; each lab takes the next that costs it the least to begin. */
export class TaskQueue {
  readonly #left: ChainTask[]

  constructor(
    tasks: readonly ChainTask[],
    private readonly expected: (task: ChainTask) => number,
  ) {
    this.#left = [...tasks]
  }

  get leftMs(): number {
    return sum(this.#left.map(this.expected))
  }

  /**
   * The next chain for a lab on `ground` whose hosts stand as `scenario` begins (null: nowhere yet): the same again, else the scenario of its ground
   * with the most left to do, else that of another ground.
   */
  take(ground: Ground | null, scenario: Scenario | null): ChainTask | null {
    const groups = new Map<string, { tasks: ChainTask[]; ms: number; nearness: number }>()
    for (const task of this.#left) {
      const isGround = task.ground === ground
      const nearness = isGround ? (task.scenario === scenario ? 2 : 1) : 0
      const key = `${task.ground.layout} ${task.scenario.name}`
      const group = groups.get(key) ?? { tasks: [], ms: 0, nearness }
      group.tasks.push(task)
      group.ms += this.expected(task)
      groups.set(key, group)
    }
    const [best] = [...groups.values()].toSorted(
      (one, other) => other.nearness - one.nearness || other.ms - one.ms,
    )
    const task = best?.tasks[0]
    if (!task) return null
    this.#left.splice(this.#left.indexOf(task), 1)
    return task
  }
}
