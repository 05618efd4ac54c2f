import type { PlannedStep, PreviewLine, StepHost } from '@/lib/domain/operation'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { PlanView } from '@/lib/domain/views'

type Names = Readonly<Record<StepHost, string>>

const marks = { pass: 'ok  ', warn: 'WARN', fail: 'FAIL', 'not-applicable': 'n/a ' } as const

/** Checks, one a line with its evidence, and under what is not well how to mend it. */
export function checksText(checks: readonly PreflightCheck[]): string {
  return checks
    .map(({ id, outcome, title, host, evidence, fix, canOverride }) => {
      const where = host === 'both' ? '' : ` (${host})`
      const line = `${marks[outcome]}  ${title}${where}: ${evidence}`
      const mend = outcome === 'pass' || fix === '' ? [] : [`      → ${fix}`]
      const other = canOverride ? [`      → or go on all the same: --override ${id}="why"`] : []
      return [line, ...mend, ...other].join('\n')
    })
    .join('\n')
}

/** The whole plan: what to know first, the checks, and every step with exactly what runs. */
export function planText({ plan, checks }: Omit<PlanView, 'shown'>, hostNames: Omit<Names, 'here'>): string {
  const names: Names = { ...hostNames, here: 'the dashboard' }
  const warnings = plan.warnings.map((warning) => `! ${warning}`)
  const steps = plan.steps.map((step, index) => stepText(step, index + 1, names))
  return [
    ...(warnings.length > 0 ? [warnings.join('\n')] : []),
    ...(checks.length > 0 ? [`Checks\n${checksText(checks)}`] : []),
    `Plan: ${plan.kind}, ${plan.steps.length} steps`,
    ...steps,
  ].join('\n\n')
}

function stepText(step: PlannedStep, number: number, names: Names): string {
  const undo = step.irreversible ? 'CANNOT BE TAKEN BACK' : step.undoSentence
  return [
    `${number}. ${step.title}  [${names[step.host]}]`,
    ...step.preview.map(previewText),
    ...(undo === '' ? [] : [`   undo: ${undo}`]),
  ].join('\n')
}

function previewText(line: PreviewLine): string {
  const text =
    line.kind === 'file' ? `${line.path}\n${line.diff}` : line.kind === 'sql' ? `${line.text};` : line.text
  const prefix = { command: '', sql: 'SQL ', file: 'file ', note: '— ' }[line.kind]
  return `${prefix}${text.replace(/;;$/, ';')}`
    .split('\n')
    .map((each) => `   ${each}`)
    .join('\n')
}
