import {
  type OperationEvent,
  type OperationMode,
  type OperationState,
  operationStates,
} from '@/lib/domain/operation'
import { applyOperationEvent, canApplyOperationEvent, isHolding } from '@/lib/domain/operation-state'
import { operationPermissions, operationVerbs } from '@/lib/domain/operation-verbs'

/** What each state means to an operator. */
const meanings: Readonly<Record<OperationState, string>> = {
  queued: 'It was asked for; a worker takes it up at once, or as soon as there is one.',
  running: 'A worker does its steps in their order.',
  undoing: 'A worker takes back what was done, the last step first.',
  succeeded: 'Every step’s effect was seen.',
  failed: 'A step failed; nothing more is done until an operator decides.',
  interrupted: 'No worker was there for longer than the operation allows; an operator decides.',
  cancelled: 'It was stopped at a safe point; an operator decides.',
  undone: 'What it did was taken back, and was seen to be gone.',
  'undo-failed': 'Taking back stopped at a step; an operator decides.',
  closed: 'It was let stand as it is: by an operator, or for the fence of a former primary that came back.',
}

const error = { code: 'STEP_FAILED', message: '', fix: '' } as const
const started = (mode: OperationMode): OperationEvent => ({ type: 'operation.started', mode })

/** Every event that can change an operation's state, with the words for it. */
const events: readonly (readonly [string, OperationEvent])[] = [
  ['resume is asked for', { type: 'operation.requested', mode: 'resume', by: '' }],
  ['undo is asked for', { type: 'operation.requested', mode: 'undo', by: '' }],
  ['a worker takes it up', started('run')],
  ['a worker takes it up to undo it', started('undo')],
  ['its last step ends well', { type: 'operation.succeeded' }],
  ['a step fails', { type: 'operation.failed', error }],
  ['no worker comes in time', { type: 'operation.interrupted', why: '' }],
  ['it comes to a safe point after a cancel', { type: 'operation.cancelled' }],
  ['the last undo ends well', { type: 'operation.undone' }],
  ['an undo fails', { type: 'operation.undo-failed', error }],
  ['it is closed', { type: 'operation.closed', by: '', why: '' }],
]

function printState(state: OperationState): string {
  const plan = { steps: [] } as const
  const permissions = operationPermissions({ state, plan }, [])
  const leads = events
    .filter(([, event]) => canApplyOperationEvent(state, event))
    .map(([words, event]) => `- ${words}: \`${applyOperationEvent(state, event)}\``)
  const verbs = operationVerbs.map((verb) => {
    const { allowed, reason } = permissions[verb]
    return `- **${verb}** is ${allowed ? 'open' : `closed: ${reason}`}`
  })
  const holds = isHolding(state) ? 'It holds its pair.' : 'Its pair is free.'
  return [`## \`${state}\``, '', `${meanings[state]} ${holds}`, '', ...leads, ...verbs].join('\n')
}

/** The states of an operation as Markdown, as `docs/operation-states.md` holds them. */
export const printOperationStates = (): string =>
  `${[
    `# States of an operation

Printed by \`lib/domain/operation-states-table.ts\` from the one transition table in \`lib/domain/operation-state.ts\` and the rules in
\`lib/domain/operation-verbs.ts\`. A test keeps them equal. Beyond what stands here, cancel and undo are closed once a step has
started behind which there is no way back: from there an operation only goes forward.`,
    ...operationStates.map(printState),
  ].join('\n\n')}\n`
