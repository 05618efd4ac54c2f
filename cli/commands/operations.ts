import type { Command } from 'commander'
import { findSlug } from '@/cli/commands/plan-flags'
import { withDataOptions } from '@/cli/environment-options'
import { type Flags, withSession } from '@/cli/open-session'
import { followOperation } from '@/cli/operation/follow-operation'
import { PlainLines } from '@/cli/operation/plain-lines'
import { type OutputFormat, outputOption, print, writeNote, writeOut } from '@/cli/output'
import { textTable } from '@/cli/text-table'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { OperationVerb } from '@/lib/domain/operation-verbs'
import { overrideSentences } from '@/lib/domain/preflight'
import type { OperationSummary, OperationView } from '@/lib/domain/views'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'
import { listOperations } from '@/lib/services/operations/list-operations'
import { readOperation } from '@/lib/services/operations/read-operation'
import { reportOperation } from '@/lib/services/operations/report-operation'

type Output = { readonly output: OutputFormat }

const operationsText = (operations: readonly OperationSummary[]): string =>
  operations.length === 0
    ? 'Nothing was done yet.'
    : textTable([
        ['Operation', 'Kind', 'State', 'By', 'Began', 'Ended'],
        ...operations.map(({ id, kind, state, startedBy, createdAt, endedAt }) => [
          id,
          kind,
          state,
          startedBy,
          formatFullInstant(createdAt),
          endedAt === null ? '' : formatFullInstant(endedAt),
        ]),
      ])

function operationText(view: OperationView): string {
  const { operation, steps, pairSlug } = view
  const stateOf = new Map(steps.map((step) => [step.id, step]))
  return [
    textTable([
      ['Operation', operation.id],
      ['Pair', pairSlug],
      ['Kind', operation.kind],
      ['State', operation.state],
      ['Begun by', `${operation.startedBy}, ${formatFullInstant(operation.createdAt)}`],
      ['Reason', operation.reason],
      ...overrideSentences(operation.plan.preflight).map((sentence) => ['Overridden', sentence]),
    ]),
    textTable(
      operation.plan.steps.map(({ id, title }, index) => {
        const step = stateOf.get(id)
        return [`${index + 1}.`, step?.state ?? 'pending', title, step?.sentence ?? '']
      }),
    ),
    new PlainLines().linesOf(view).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const verbs: Readonly<Record<OperationVerb, string>> = {
  cancel: 'stop it at a safe point',
  resume: 'go on where it stopped',
  undo: 'take back what it did, the last step first',
  close: 'let it stand as it is, so that the pair is free; --reason says why',
}

/** `understudy operations`: what was done to a pair, and what may be asked of it. */
export function addOperations(operations: Command): void {
  withDataOptions(
    operations.command('list', { isDefault: true }).description('the operations of a pair, newest first'),
  )
    .option('--pair <name>', 'the pair; not needed where there is only one')
    .option('--limit <n>', 'how many', '50')
    .addOption(outputOption())
    .action((flags: Flags & Output & { pair?: string; limit: string }) =>
      withSession(flags, async ({ context }) => {
        const slug = await findSlug(context, flags.pair)
        print(await listOperations(context, { slug, limit: flags.limit }), flags.output, operationsText)
      }),
    )
  withDataOptions(operations.command('show <id>').description('its steps and its record'))
    .addOption(outputOption())
    .action((operationId: string, flags: Flags & Output) =>
      withSession(flags, async ({ context }) =>
        print(await readOperation(context, { operationId }), flags.output, operationText),
      ),
    )
  withDataOptions(
    operations
      .command('report <id>')
      .description('its report as Markdown: who, why, what, when, how it ended'),
  ).action((operationId: string, flags: Flags) =>
    withSession(flags, async ({ context }) =>
      writeOut((await reportOperation(context, { operationId })).markdown),
    ),
  )
  withDataOptions(operations.command('follow <id>').description('show it until it ends')).action(
    (operationId: string, flags: Flags) =>
      withSession(flags, async ({ context }) => {
        process.exitCode = await followOperation(context, operationId)
      }),
  )
  for (const [verb, what] of Object.entries(verbs)) addVerb(operations, verb, what)
}

function addVerb(operations: Command, verb: string, what: string): void {
  withDataOptions(operations.command(`${verb} <id>`).description(what))
    .option('--reason <text>', 'why, for the record', '')
    .option('--detach', 'do not follow')
    .action((operationId: string, flags: Flags & { reason: string; detach?: boolean }) =>
      withSession(flags, async ({ context }) => {
        await askOfOperation(context, { operationId, verb, reason: flags.reason })
        writeNote(`Asked: ${verb}.`)
        if (!flags.detach) process.exitCode = await followOperation(context, operationId)
      }),
    )
}
