import type { Instant } from '@/lib/domain/observation'
import type { Plan, PlannedStep, PreviewLine, StepHost } from '@/lib/domain/operation'
import { endWords, operationTitles, stepWords } from '@/lib/domain/operation-words'
import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { stepOutput } from '@/lib/domain/step-progress'
import type { OperationView, StepView } from '@/lib/domain/views'

type HostNames = Readonly<Record<Role, string>>

const hostName = (host: StepHost | 'both', names: HostNames) =>
  host === 'here' ? 'dashboard' : host === 'both' ? `${names.primary}, ${names.standby}` : names[host]

/** A block that no content can close early. */
function fenced(text: string, language = ''): string {
  const ticks = text.match(/`{3,}/g)?.map((run) => run.length) ?? []
  const fence = '`'.repeat(Math.max(3, ...ticks.map((length) => length + 1)))
  return `${fence}${language}\n${text}\n${fence}`
}

function previewOf(line: PreviewLine): string {
  if (line.kind === 'note') return line.text
  if (line.kind === 'file') return `\`${line.path}\`\n\n${fenced(line.diff, 'diff')}`
  return fenced(line.text, line.kind === 'sql' ? 'sql' : 'sh')
}

const stepHead = (step: PlannedStep, index: number, names: HostNames) =>
  `### ${index + 1}. ${step.title} (${hostName(step.host, names)})${step.irreversible ? ' — point of no return' : ''}`

const checkLine = (check: PreflightCheck, names: HostNames) =>
  `- **${check.outcome}** ${check.title} (${hostName(check.host, names)}): ${check.evidence}${check.fix ? ` Fix: ${check.fix}` : ''}`

const section = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? [`## ${title}`, lines.join('\n')] : []

/** The plan as a runbook in Markdown: what a person would have to do by hand, in the same order. */
export function buildRunbook(plan: Plan, pairSlug: string, names: HostNames): string {
  const steps = plan.steps.flatMap((step, index) => [
    stepHead(step, index, names),
    ...step.preview.map(previewOf),
    `_${step.undoSentence}_`,
  ])
  return [
    `# ${operationTitles[plan.kind]}: ${pairSlug}`,
    `Planned ${plan.madeAt}. Primary ${names.primary}, standby ${names.standby}.`,
    ...section(
      'Before it begins',
      plan.warnings.map((warning) => `- ${warning}`),
    ),
    ...section(
      'Preflight',
      plan.preflight.map((check) => checkLine(check, names)),
    ),
    '## Steps',
    ...steps,
    '',
  ].join('\n\n')
}

/** Who, why, what was checked, each step with its commands, output and times, and how it ended. */
export function buildReport(view: OperationView): string {
  const { operation, hostNames } = view
  const steps = operation.plan.steps.flatMap((planned, index) => {
    const step = view.steps.find((each) => each.id === planned.id)
    const output = stepOutput(planned.id, view.events, Number.POSITIVE_INFINITY)
    return [
      stepHead(planned, index, hostNames),
      `${stepWords[step?.state ?? 'pending']}${step ? timesOf(step) : ''}. ${step?.sentence ?? ''}`.trimEnd(),
      ...planned.preview.map(previewOf),
      ...(output.length > 0 ? ['Output:', fenced(output.join('\n'))] : []),
    ]
  })
  return [
    `# ${operationTitles[operation.kind]}: ${view.pairSlug}`,
    [
      `- Operation: ${operation.id}`,
      `- State: ${endWords(view)}`,
      `- Started by: ${operation.startedBy}, ${operation.createdAt}`,
      `- Ended: ${operation.endedAt ?? 'not yet'}`,
      `- Reason: ${operation.reason}`,
      `- Primary: ${hostNames.primary}; standby: ${hostNames.standby}`,
    ].join('\n'),
    ...section('What was said before', [
      ...operation.plan.warnings.map((warning) => `- ${warning}`),
      ...(operation.plan.acknowledgement ? [`- Typed: “${operation.plan.acknowledgement}”`] : []),
    ]),
    ...section('Measured', measured(view)),
    ...section(
      'Preflight',
      operation.plan.preflight.map((check) => checkLine(check, hostNames)),
    ),
    '## Steps',
    ...steps,
    '## Events',
    fenced(view.events.map(({ at, event }) => `${at} ${eventLine(event)}`).join('\n')),
    '',
  ].join('\n\n')
}

const msBetween = (from: Instant, to: Instant) => Date.parse(to) - Date.parse(from)
const inSeconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`

function timesOf({ startedAt, endedAt }: StepView): string {
  if (startedAt === null) return ''
  return endedAt === null
    ? `, since ${startedAt}`
    : `, ${startedAt}, ${inSeconds(msBetween(startedAt, endedAt))}`
}

/** What an operator is asked for afterwards; the times are those at which the worker saw the facts. */
function measured({ operation, steps }: OperationView): readonly string[] {
  const endOf = (id: string) => steps.find((step) => step.id === id)?.endedAt ?? null
  const startOf = (id: string) => steps.find((step) => step.id === id)?.startedAt ?? null
  const lines = operation.endedAt
    ? [`- From the start to the end: ${inSeconds(msBetween(operation.createdAt, operation.endedAt))}`]
    : []
  const promotedAt = endOf('promote-standby')
  if (promotedAt === null) return lines
  const stoppedAt = startOf('stop-old-application') ?? startOf('fence-primary')
  return [
    ...lines,
    `- From the start to the new primary’s first row: ${inSeconds(msBetween(operation.createdAt, promotedAt))}`,
    stoppedAt === null
      ? '- The old primary was gone before: how long nothing could be written is not known from here.'
      : `- Without writes, from the stop on the old primary to the first row: ${inSeconds(msBetween(stoppedAt, promotedAt))}`,
  ]
}

function eventLine(event: OperationView['events'][number]['event']): string {
  const step = 'stepId' in event ? ` ${event.stepId}` : ''
  const said =
    'sentence' in event
      ? event.sentence
      : 'error' in event
        ? event.error.message
        : 'why' in event
          ? event.why
          : ''
  return `${event.type}${step}${said ? `: ${said}` : ''}`
}
