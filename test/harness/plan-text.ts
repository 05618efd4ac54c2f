import type { Plan, PreviewLine } from '@/lib/domain/operation'

function lineOf(line: PreviewLine): string {
  switch (line.kind) {
    case 'command':
      return line.text
    case 'sql':
      return `sql> ${line.text}`
    case 'file':
      return `file ${line.path}\n${line.diff.trimEnd()}`
    case 'note':
      return `-- ${line.text}`
  }
}

const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `     ${line}`)
    .join('\n')

/** A plan as text: what is recorded in `test/recorded/plans`, so that a changed command is seen in review. */
export function planText(plan: Plan): string {
  const steps = plan.steps.map(({ title, host, preview, undo, undoSentence, irreversible }, index) =>
    [
      `${String(index + 1).padStart(2)}. ${title} [${host}]${irreversible ? ' IRREVERSIBLE' : ''}`,
      ...preview.map(lineOf).map(indent),
      indent(`undo: ${undo}: ${undoSentence}`),
    ].join('\n'),
  )
  const warnings = plan.warnings.map((warning) => `! ${warning}`)
  const words = plan.acknowledgement === '' ? [] : [`type: ${plan.acknowledgement}`]
  return `${[...warnings, ...words, ...steps].join('\n')}\n`
}
