import fc from 'fast-check'
import type { Operation, OperationEvent, Plan, PlannedStep, RecordedEvent } from '@/lib/domain/operation'
import type { PreflightCheck } from '@/lib/domain/preflight'

/** A check that keeps a plan from running. */
export const failedCheck: PreflightCheck = {
  id: 'disk-space',
  title: 'Free space',
  host: 'standby',
  outcome: 'fail',
  evidence: '1 GB free, 20 GB needed',
  fix: 'Free 19 GB on the standby.',
  canOverride: false,
}

/** A planned step with every field filled; `over` replaces what a test is about. */
export function plannedStep(id: string, over: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id,
    title: `Do ${id}`,
    host: 'here',
    preview: [{ kind: 'note', text: id }],
    undo: 'undo',
    undoSentence: `Takes ${id} back.`,
    irreversible: false,
    timeoutMs: 5_000,
    attemptsMax: 1,
    ...over,
  }
}

/** A plan of these steps; `over` replaces what a test is about. */
export function planOf(steps: readonly PlannedStep[], over: Partial<Plan> = {}): Plan {
  return {
    operationId: 'op-1',
    kind: 'create',
    pairId: 'pair-1',
    hosts: { primary: 'host-a', standby: 'host-b' },
    madeAt: '2026-01-01T00:00:00.000Z',
    steps,
    preflight: [],
    warnings: [],
    acknowledgement: '',
    facts: {},
    ...over,
  }
}

/** Gives events the numbers and times that a store would: one a second. */
export const record = (events: readonly OperationEvent[]): readonly RecordedEvent[] =>
  events.map((event, index) => ({
    seq: index + 1,
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
    event,
  }))

const error = { code: 'STEP_FAILED', message: 'It did not work.', fix: 'Look.' } as const

/** Any event that may be written about an operation with these steps, legal at that point or not. */
export function anyOperationEvent(stepIds: readonly string[]): fc.Arbitrary<OperationEvent> {
  const mode = fc.constantFrom('run' as const, 'resume' as const, 'undo' as const)
  const stepId = fc.constantFrom(...stepIds)
  const sentence = fc.string({ maxLength: 20 })
  const progress = fc.constant({
    label: 'copied',
    doneBytes: 1,
    totalBytes: null,
    at: '2026-01-01T00:00:00Z',
  })
  return fc.oneof(
    fc.record({
      type: fc.constant('operation.requested' as const),
      mode: fc.constantFrom('resume' as const, 'undo' as const),
      by: sentence,
    }),
    fc.record({ type: fc.constant('operation.started' as const), mode }),
    fc.record({ type: fc.constant('operation.cancel-requested' as const), by: sentence }),
    fc.constant({ type: 'operation.succeeded' as const }),
    fc.constant({ type: 'operation.failed' as const, error }),
    fc.constant({ type: 'operation.interrupted' as const, why: 'The worker went away.' }),
    fc.constant({ type: 'operation.cancelled' as const }),
    fc.constant({ type: 'operation.undone' as const }),
    fc.constant({ type: 'operation.undo-failed' as const, error }),
    fc.record({ type: fc.constant('operation.closed' as const), by: sentence, why: sentence }),
    fc.record({
      type: fc.constant('step.started' as const),
      stepId,
      attempt: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ type: fc.constant('step.skipped' as const), stepId, sentence }),
    fc.record({ type: fc.constant('step.output' as const), stepId, line: sentence }),
    fc.record({ type: fc.constant('step.progressed' as const), stepId, progress }),
    fc.record({ type: fc.constant('step.succeeded' as const), stepId, sentence }),
    fc.record({ type: fc.constant('step.failed' as const), stepId, error: fc.constant(error) }),
    fc.record({ type: fc.constant('step.undo-started' as const), stepId }),
    fc.record({ type: fc.constant('step.undone' as const), stepId, sentence }),
    fc.record({ type: fc.constant('step.undo-failed' as const), stepId, error: fc.constant(error) }),
  )
}

/** An operation as it stands in the store when a worker takes it up. */
export const queuedOperation = (plan: Plan, input: unknown): Operation => ({
  id: plan.operationId,
  pairId: plan.pairId,
  kind: plan.kind,
  state: 'queued',
  plan,
  input,
  reason: 'A proof.',
  startedBy: 'prover',
  createdAt: plan.madeAt,
  endedAt: null,
})
