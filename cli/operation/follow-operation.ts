import { type ExitCode, exitCodes } from '@/cli/exit-codes'
import { PlainLines } from '@/cli/operation/plain-lines'
import { showTasks } from '@/cli/operation/show-tasks'
import { watchOperation } from '@/cli/operation/watch-operation'
import { isInteractive, writeNote, writeOut } from '@/cli/output'
import { stopSignal } from '@/cli/stop-signal'
import { measuredTimes } from '@/lib/domain/measured-times'
import type { OperationId, OperationKind } from '@/lib/domain/operation'
import {
  isInFlight,
  type OperationOutcome,
  operationOutcome,
  requestedModeOf,
} from '@/lib/domain/operation-state'
import { isUndoneByItself } from '@/lib/domain/operation-verbs'
import type { OperationView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'

/** One that is taken back by itself is not over when it stands: its worker asks for that in a moment. */
const isOver = ({ operation, events }: OperationView): boolean =>
  !isInFlight(operation.state) && !isUndoneByItself(operation, events)

/**
 * Shows an operation until it ends or stands still: progress bars on a terminal, plain lines in a pipe. Ctrl-C stops
 * looking, never the operation. Returns the exit code.
 */
export async function followOperation(context: ServiceContext, operationId: OperationId): Promise<ExitCode> {
  const views = watchOperation(context, operationId, { isOver, signal: stopSignal() })
  const first = await views.next()
  if (first.done) return exitCodes.failed
  const goesForward = !isOver(first.value) && requestedModeOf(first.value.events) !== 'undo'
  const show = isInteractive() && goesForward ? showTasks : showLines
  const last = await show(first.value, views)
  if (isOver(last)) return sayEnd(last)
  writeNote(`It goes on without you: see “understudy operations follow ${operationId}”.`)
  return exitCodes.failed
}

async function showLines(first: OperationView, views: AsyncGenerator<OperationView>): Promise<OperationView> {
  const lines = new PlainLines()
  let last = first
  const say = (view: OperationView) => {
    last = view
    for (const line of lines.linesOf(view)) writeOut(line)
  }
  say(first)
  for await (const view of views) say(view)
  return last
}

const nouns: Readonly<Record<OperationKind, string>> = {
  create: 'The creation',
  adopt: 'The taking over',
  promote: 'The promotion',
  switchover: 'The switchover',
  fence: 'The fencing',
  're-pair': 'The re-pairing',
  pause: 'The pause',
  resume: 'The resumption',
  'change-settings': 'The change of settings',
  unpair: 'The unpairing',
  drill: 'The drill',
  sync: 'The sync',
  'repair-files': 'The repair',
}

/** Why it was taken back without anybody asking; null where somebody did. */
const whyUndone = ({ operation: { plan }, events }: OperationView): string | null => {
  const asked = events.findLast(({ event }) => event.type === 'operation.requested')?.event
  if (!plan.undoesItself || asked?.type !== 'operation.requested' || asked.by !== 'Understudy') return null
  const failed = events.findLast(({ event }) => event.type === 'operation.failed')?.event
  return failed?.type === 'operation.failed' ? failed.error.message : 'It was cancelled.'
}

/** What a success came to where it is not all that was hoped for, and the exit code. */
function sayOutcome(outcome: OperationOutcome, steps: OperationView['steps']): ExitCode {
  if (outcome === 'complete') return exitCodes.fine
  if (outcome === 'not-reattached') {
    writeNote('The old primary is not attached again: the pair is unprotected until it is re-paired.')
    return exitCodes.notReattached
  }
  const failed = steps.find((step) => step.state === 'failed')
  writeNote(`${outcome === 'gave-way' ? 'It gave way' : 'It found a fault'}: ${failed?.sentence ?? ''}`)
  if (failed?.fix) writeNote(`→ ${failed.fix}`)
  return outcome === 'gave-way' ? exitCodes.gaveWay : exitCodes.drillFailed
}

function sayEnd(view: OperationView): ExitCode {
  const { operation, steps, verbs, pairSlug, events } = view
  const { id, kind, state, plan } = operation
  const what = `${nouns[kind]} of ${pairSlug}`
  if (state === 'succeeded') {
    writeNote(`${what} ${kind === 'drill' ? 'went to its end' : 'succeeded'}.`)
    if (kind === 'switchover') for (const line of measuredTimes(view)) writeNote(line)
    return sayOutcome(kind === 'promote' ? 'not-reattached' : operationOutcome(plan, events), steps)
  }
  const why = state === 'undone' ? whyUndone(view) : null
  if (why !== null) {
    writeNote(`${what} failed, and everything that it did has been taken back. ${why}`)
    return exitCodes.failed
  }
  if (state === 'undone' || state === 'closed') {
    writeNote(`${what} was ${state}.`)
    return exitCodes.fine
  }
  const failed = steps.find((step) => step.state === 'failed' || step.state === 'undo-failed')
  writeNote(`${what} stands as ${state}.${failed ? ` ${failed.sentence}` : ''}`)
  if (failed?.fix) writeNote(`→ ${failed.fix}`)
  const open = (['resume', 'undo', 'close'] as const).filter((verb) => verbs[verb].allowed)
  if (open.length > 0)
    writeNote(`What now: ${open.map((verb) => `understudy operations ${verb} ${id}`).join(', or ')}`)
  return exitCodes.failed
}
