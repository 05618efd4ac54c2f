import { lossLines } from '@/lib/domain/loss'
import { inSeconds, measuredTimes, msBetween } from '@/lib/domain/measured-times'
import type { Plan, PlannedStep, PreviewLine, StepHost } from '@/lib/domain/operation'
import { endWords } from '@/lib/domain/operation-end-words'
import { operationTitles, stepWords } from '@/lib/domain/operation-words'
import type { Role } from '@/lib/domain/pair'
import { plannedLoss, plannedRowFiles, positionsBefore } from '@/lib/domain/plan-facts'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { rowFilesLines } from '@/lib/domain/row-files'
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

function checkLine(check: PreflightCheck, names: HostNames): string {
  const { outcome, title, host, evidence, fix, overridden } = check
  const line = `- **${outcome}** ${title} (${hostName(host, names)}): ${evidence}${fix ? ` Fix: ${fix}` : ''}`
  return overridden ? `${line} **Overridden** by ${overridden.by}: ${overridden.reason}` : line
}

const section = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? [`## ${title}`, lines.join('\n')] : []

const bullets = (lines: readonly string[]) => lines.map((line) => `- ${line}`)

/** What a promotion loses as its plan was made with it: the sentence, and what stands behind it. */
function lossSection(plan: Plan): readonly string[] {
  const loss = plannedLoss(plan)
  const rowFiles = plannedRowFiles(plan)
  return [
    ...(loss
      ? section(`What it loses, as seen ${loss.at}`, bullets([loss.sentence, ...lossLines(loss, loss)]))
      : []),
    ...(rowFiles
      ? section(`Files that rows refer to, as seen ${rowFiles.at}`, bullets(rowFilesLines(rowFiles)))
      : []),
  ]
}

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
      bullets([
        ...plan.warnings,
        ...(plan.acknowledgement ? [`To be typed first: “${plan.acknowledgement}”`] : []),
      ]),
    ),
    ...lossSection(plan),
    ...section(
      'Preflight',
      plan.preflight.map((check) => checkLine(check, names)),
    ),
    '## Steps',
    ...steps,
    '',
  ].join('\n\n')
}

/** Steps whose sentence says what was lost, and those whose sentence says where the servers were. */
const lossSteps = ['receive-rest', 'final-pull', 'report-row-files']
const positionSteps = ['fence-primary', 'receive-rest', 'promote-standby', 'see-streaming']

const sentencesOf = (view: OperationView, ids: readonly string[]): readonly string[] =>
  view.steps.flatMap(({ id, state, sentence }) =>
    ids.includes(id) && (state === 'succeeded' || state === 'skipped') ? [sentence] : [],
  )

/** Where the servers were before, as the plan found them, and after, as the steps saw them. */
function positions(view: OperationView): readonly string[] {
  const { plan } = view.operation
  const before = positionsBefore(plan)
  return [
    ...before.map((line) => `- Before, ${plan.madeAt}: ${line}`),
    ...sentencesOf(view, positionSteps).map((sentence) => `- Then: ${sentence}`),
  ]
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
      ...(step?.fix ? [`Fix: ${step.fix}`] : []),
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
    ...lossSection(operation.plan),
    ...section('What was lost, as it was seen', bullets(sentencesOf(view, lossSteps))),
    ...section('Positions', positions(view)),
    ...section('Measured', bullets(measuredTimes(view))),
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

function timesOf({ startedAt, endedAt }: StepView): string {
  if (startedAt === null) return ''
  return endedAt === null
    ? `, since ${startedAt}`
    : `, ${startedAt}, ${inSeconds(msBetween(startedAt, endedAt))}`
}

function eventLine(event: OperationView['events'][number]['event']): string {
  const step = 'stepId' in event ? ` ${event.stepId}` : ''
  const said =
    'sentence' in event
      ? event.sentence
      : 'error' in event
        ? `${event.error.message}${event.error.fix ? ` Fix: ${event.error.fix}` : ''}`
        : 'why' in event
          ? event.why
          : ''
  return `${event.type}${step}${said ? `: ${said}` : ''}`
}
