import { type ExitCode, exitCodes } from '@/cli/exit-codes'
import { PlainLines } from '@/cli/operation/plain-lines'
import { showTasks } from '@/cli/operation/show-tasks'
import { watchOperation } from '@/cli/operation/watch-operation'
import { isInteractive, writeNote, writeOut } from '@/cli/output'
import { stopSignal } from '@/cli/stop-signal'
import type { OperationId, OperationKind } from '@/lib/domain/operation'
import { isInFlight, operationOutcome, requestedModeOf } from '@/lib/domain/operation-state'
import type { OperationView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'

const isOver = ({ operation }: OperationView): boolean => !isInFlight(operation.state)

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
  promote: 'The promotion',
  switchover: 'The switchover',
  fence: 'The fencing',
  're-pair': 'The re-pairing',
  pause: 'The pause',
  resume: 'The resumption',
  'change-settings': 'The change of settings',
  unpair: 'The unpairing',
}

function sayEnd({ operation, steps, verbs, pairSlug, events }: OperationView): ExitCode {
  const { id, kind, state, plan } = operation
  const what = `${nouns[kind]} of ${pairSlug}`
  if (state === 'succeeded') {
    writeNote(`${what} succeeded.`)
    if (kind !== 'promote' && operationOutcome(plan, events) === 'complete') return exitCodes.fine
    writeNote('The old primary is not attached again: the pair is unprotected until it is re-paired.')
    return exitCodes.notReattached
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
