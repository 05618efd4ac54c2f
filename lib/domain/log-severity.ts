type LogSeverity = 'error' | 'warning' | 'plain'

/**
 * Words that tell how loud a line of rsync, of the runner or of a transcript is, as an extended regular expression that JavaScript and
 * grep(1) read alike; without regard to case.
 */
const loudWords = {
  error: '\\b(rsync error|error|failed|failure|fatal|denied|refused|cannot|panic)\\b',
  warning: '\\b(warn|warning|skipped|vanished|timed? ?out|retry|retrying)\\b',
} as const

const error = new RegExp(loudWords.error, 'i')
const warning = new RegExp(loudWords.warning, 'i')

/** How loud a line is. */
export function severityOf(line: string): LogSeverity {
  if (error.test(line)) return 'error'
  return warning.test(line) ? 'warning' : 'plain'
}

/** What a reader asks to see: every line, warnings and errors, or errors alone. */
export const loudnessAsked = ['all', 'warning', 'error'] as const
export type LoudnessAsked = (typeof loudnessAsked)[number]

export function isAsLoud(line: string, asked: LoudnessAsked): boolean {
  if (asked === 'all') return true
  const severity = severityOf(line)
  return severity === 'error' || (asked === 'warning' && severity === 'warning')
}

/** The same as an expression for grep. */
export const loudExpression = (asked: 'warning' | 'error'): string =>
  asked === 'error' ? loudWords.error : `${loudWords.error}|${loudWords.warning}`
