import { describe, expect, test } from 'vitest'
import { canDo } from '@/lib/domain/actions/permissions'
import type { OperationKind, Plan } from '@/lib/domain/operation'
import { isPointOfNoReturn } from '@/lib/domain/operation-verbs'
import { pairStates } from '@/lib/domain/states'
import { buildRegistry } from '@/lib/operations/build-registry'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { forEveryPlan } from '@/test/harness/plan-variants'
import { chainsOf, modes } from '@/test/matrix/cases'
import { worlds } from '@/test/matrix/scenario'
import { scenarios } from '@/test/matrix/scenarios'

/** Modes that reach only what an operation can take back. */
const takesBack: readonly string[] = ['undo', 'undo-hurt']

/** Why a mode does not hurt a step; null where it must. */
function whyNot(plan: Plan, stepId: string, mode: string): string | null {
  const first = plan.steps.findIndex(isPointOfNoReturn)
  const index = plan.steps.findIndex(({ id }) => id === stepId)
  if (mode === 'resume' && plan.undoesItself && (first < 0 || index < first))
    return 'its failure is taken back by itself, so there is nothing to resume: `undo` hurts it'
  if (!takesBack.includes(mode)) return null
  if (first >= 0 && index >= first) return 'from the point of no return on nothing is taken back'
  const step = plan.steps[index]
  return mode === 'undo-hurt' && step?.undo !== 'undo' ? 'it has nothing to take back' : null
}

/** Whether an operation is closed for good where a pair leaves its database out. */
function needsDatabase(kind: OperationKind): boolean {
  const ground = { readyForFailover: { ready: true }, readyForSwitchover: { ready: true } } as const
  const isOpen = (hasDatabase: boolean) =>
    pairStates.some(
      (state) =>
        canDo(kind, {
          ...ground,
          state,
          formerPrimary: 'watched',
          isPaused: false,
          hasFiles: true,
          differs: 1,
          beside: null,
          isTurnedRound: false,
          hasDatabase,
        }).allowed,
    )
  return isOpen(true) && !isOpen(false)
}

describe('without anybody adding it here', () => {
  test('every kind of operation that a worker knows is lived through', () => {
    const kinds = Object.keys(buildRegistry({} as OperationPorts))
    expect([...new Set(scenarios.map(({ kind }) => kind))].sort()).toEqual(kinds.sort())
  })

  // Adopt is of pairs with a database: of files alone nothing tells which host is the primary.
  test('every kind is lived through with its database and, where it is open there, without', () => {
    for (const { kind } of scenarios) {
      if (needsDatabase(kind) || kind === 'adopt') continue
      const scopes = scenarios
        .filter((scenario) => scenario.kind === kind)
        .map(({ world }) => worlds[world].scope.database)
      expect([...new Set(scopes)], kind).toEqual([true, false])
    }
  })

  test('every step of every plan is hurt in every way, unless there is a reason', () => {
    forEveryPlan((plan) => {
      const chains = chainsOf(plan)
      for (const mode of modes) {
        const hurt = new Set(
          chains
            .filter((chain) => chain.mode === mode)
            .flatMap(({ harms }) => harms.map(({ stepId }) => stepId)),
        )
        // Where each acts twice there is no harm to name.
        const missed = plan.steps.filter(
          ({ id }) => mode !== 'twice' && !hurt.has(id) && whyNot(plan, id, mode) === null,
        )
        if (missed.length > 0) throw new Error(`${mode} does not hurt ${missed.map(({ id }) => id).join()}`)
      }
    })
  })
})
