import { operationTitle, operationWord, stepWord } from '@/components/operations/operation-display'
import type { Plan, PlannedStep, PreviewLine, StepHost } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { stepOutput } from '@/lib/domain/step-progress'
import type { OperationView } from '@/lib/domain/views'

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
    `# ${operationTitle(plan.kind)}: ${pairSlug}`,
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
      `${step ? stepWord(step.state) : 'not begun'}${step?.startedAt ? `, ${step.startedAt} to ${step.endedAt ?? 'now'}` : ''}. ${step?.sentence ?? ''}`.trimEnd(),
      ...planned.preview.map(previewOf),
      ...(output.length > 0 ? ['Output:', fenced(output.join('\n'))] : []),
    ]
  })
  return [
    `# ${operationTitle(operation.kind)}: ${view.pairSlug}`,
    [
      `- Operation: ${operation.id}`,
      `- State: ${operationWord(operation.state)}`,
      `- Started by: ${operation.startedBy}, ${operation.createdAt}`,
      `- Ended: ${operation.endedAt ?? 'not yet'}`,
      `- Reason: ${operation.reason}`,
      `- Primary: ${hostNames.primary}; standby: ${hostNames.standby}`,
    ].join('\n'),
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
