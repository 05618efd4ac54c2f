import type { HostId } from '@/lib/domain/host'
import type { Instant } from '@/lib/domain/observation'
import type { PairId, Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { PublicError } from '@/lib/errors'

export type OperationId = string

const operationKinds = [
  'create',
  'adopt',
  'promote',
  'switchover',
  'fence',
  're-pair',
  'pause',
  'resume',
  'change-settings',
  'unpair',
  'drill',
  'sync',
  'repair-files',
] as const
export type OperationKind = (typeof operationKinds)[number]

/**
 * Where an operation stands. `failed`, `interrupted`, `cancelled` and `undo-failed` are *standing*: they hold the pair and
 * offer resume, undo and close. `closed` means that an operator let it stand as it is: what it did stays.
 */
export const operationStates = [
  'queued',
  'running',
  'undoing',
  'succeeded',
  'failed',
  'interrupted',
  'cancelled',
  'undone',
  'undo-failed',
  'closed',
] as const
export type OperationState = (typeof operationStates)[number]

/** Where a step runs: on a host of the pair, or in the dashboard itself. */
export type StepHost = Role | 'here'

export type PreviewLine =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'sql'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly diff: string }
  | { readonly kind: 'note'; readonly text: string }

/**
 * What happens to a step's effect when the operation is undone. `forward-only`: once it has started, the operation can't be
 * undone. `needs-operator`: undoing stops there until an operator has taken the effect back by hand.
 * `nothing-to-undo`: it changes nothing, or what it leaves may stay.
 */
type UndoPolicy = 'undo' | 'forward-only' | 'needs-operator' | 'nothing-to-undo'

/**
 * What it means that a step failed whose failure does not end its operation. `next-way`: a later step does the same another way.
 * `not-reattached`: the operation has done what it was asked for, and leaves this and what belongs to it undone. `finding`: that it failed, or
 * gave way, is what the operation was to find out: what else would be found is left out, and it goes on to clear up.
 */
export type MayFail = 'next-way' | 'not-reattached' | 'finding'

/** A step as the plan shows it and the store keeps it: plain data. */
export type PlannedStep = {
  readonly id: string
  readonly title: string
  readonly host: StepHost
  readonly preview: readonly PreviewLine[]
  readonly undo: UndoPolicy
  /** What undoing would do, one sentence. */
  readonly undoSentence: string
  readonly irreversible: boolean
  readonly timeoutMs: number
  readonly attemptsMax: number
  /** Name of a file in the profile's log directory of its host to which its part of the record is appended too. */
  readonly log?: string
  /** Absent: its failure is the operation's. */
  readonly mayFail?: MayFail
}

/** A step that can be declared without the proof that it acts on the right host: see `Step`. */
export type ReversibleStep = PlannedStep & { readonly irreversible: false }

export type Plan = {
  /** The id that the operation will have: names of what it puts aside carry its first 8 characters. */
  readonly operationId: OperationId
  readonly kind: OperationKind
  readonly pairId: PairId
  /** Which host has which role in the plan's words: the pair's own may have swapped since. */
  readonly hosts: Readonly<Record<Role, HostId>>
  readonly madeAt: Instant
  readonly steps: readonly PlannedStep[]
  /** Facts that the plan rests on, re-read when it runs. */
  readonly preflight: readonly PreflightCheck[]
  /** What an operator should know first, e.g. "PostgreSQL on a must be restarted". */
  readonly warnings: readonly string[]
  /** Words that must be typed before it may run; empty when none. */
  readonly acknowledgement: string
  /** Taken back by itself where it stops before its point of no return: what it interrupts can't wait for an operator. */
  readonly undoesItself?: true
  /** What was found on the hosts when it was made, as the kind's own schema reads it: steps and their undo rest on it. */
  readonly facts: unknown
}

export type Progress = {
  readonly label: string
  readonly doneBytes: number
  /** Null while the total is not known. */
  readonly totalBytes: number | null
  readonly at: Instant
}

/** What a worker is asked to do with an operation. */
export type OperationMode = 'run' | 'resume' | 'undo'

/** Append-only: what happened to an operation, in order. */
export type OperationEvent =
  /** Someone asked for it to go on (the first run is asked for by inserting the operation). */
  | { readonly type: 'operation.requested'; readonly mode: 'resume' | 'undo'; readonly by: string }
  /** A worker took it up; `resume` also where a worker took it over from one that died. */
  | { readonly type: 'operation.started'; readonly mode: OperationMode }
  /** Someone asked for it to stop; it is cancelled when the worker has come to a safe point. */
  | { readonly type: 'operation.cancel-requested'; readonly by: string }
  /** What the engine did around the steps: locks on the hosts, the transcript there. */
  | { readonly type: 'operation.noted'; readonly sentence: string }
  | { readonly type: 'operation.succeeded' }
  | { readonly type: 'operation.failed'; readonly error: PublicError }
  | { readonly type: 'operation.interrupted'; readonly why: string }
  | { readonly type: 'operation.cancelled' }
  | { readonly type: 'operation.undone' }
  | { readonly type: 'operation.undo-failed'; readonly error: PublicError }
  | { readonly type: 'operation.closed'; readonly by: string; readonly why: string }
  /** Also the registration of its undo: it is written before the step changes anything. */
  | { readonly type: 'step.started'; readonly stepId: string; readonly attempt: number }
  | { readonly type: 'step.skipped'; readonly stepId: string; readonly sentence: string }
  | { readonly type: 'step.output'; readonly stepId: string; readonly line: string }
  | { readonly type: 'step.progressed'; readonly stepId: string; readonly progress: Progress }
  | { readonly type: 'step.succeeded'; readonly stepId: string; readonly sentence: string }
  | { readonly type: 'step.failed'; readonly stepId: string; readonly error: PublicError }
  | { readonly type: 'step.undo-started'; readonly stepId: string }
  | { readonly type: 'step.undone'; readonly stepId: string; readonly sentence: string }
  | { readonly type: 'step.undo-failed'; readonly stepId: string; readonly error: PublicError }

export type RecordedEvent = { readonly seq: number; readonly at: Instant; readonly event: OperationEvent }

const stepStates = [
  'pending',
  'running',
  'succeeded',
  'skipped',
  'failed',
  'undoing',
  'undone',
  'undo-failed',
] as const
export type StepState = (typeof stepStates)[number]

export type Operation = {
  readonly id: OperationId
  readonly pairId: PairId
  readonly kind: OperationKind
  readonly state: OperationState
  readonly plan: Plan
  /** Parsed input of the operation's own schema. */
  readonly input: unknown
  /** Why the operator does it, in their words. */
  readonly reason: string
  readonly startedBy: string
  readonly createdAt: Instant
  readonly endedAt: Instant | null
}
