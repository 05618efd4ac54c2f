import { CircleAlert, CircleCheck, CircleMinus, OctagonX } from 'lucide-react'
import { cn } from '@/components/ui/cn'
import { type Tone, toneText } from '@/components/ui/pill'
import type { Role } from '@/lib/domain/pair'
import type { CheckOutcome, PreflightCheck } from '@/lib/domain/preflight'

const looks: Readonly<Record<CheckOutcome, { Icon: typeof CircleCheck; tone: Tone; word: string }>> = {
  fail: { Icon: OctagonX, tone: 'bad', word: 'failed' },
  warn: { Icon: CircleAlert, tone: 'warn', word: 'warning' },
  pass: { Icon: CircleCheck, tone: 'ok', word: 'passed' },
  'not-applicable': { Icon: CircleMinus, tone: 'quiet', word: 'not applicable' },
}
const order: readonly CheckOutcome[] = ['fail', 'warn', 'pass', 'not-applicable']

/** How many of each, in words: `2 failed, 1 warning, 14 passed`. */
export function countChecks(checks: readonly PreflightCheck[]): string {
  return order
    .map(
      (outcome) => [checks.filter((check) => check.outcome === outcome).length, looks[outcome].word] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

/** Preflight checks, what fails first; each with what was seen and what to do. */
export function CheckList(props: {
  checks: readonly PreflightCheck[]
  hostNames: Readonly<Record<Role, string>>
}) {
  const sorted = [...props.checks].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
  return (
    <ul>
      {sorted.map((check) => {
        const { Icon, tone, word } = looks[check.outcome]
        return (
          <li
            key={`${check.id}-${check.host}`}
            className="grid grid-cols-[20px_1fr] gap-x-3 border-line border-b px-4 py-2.5 last:border-b-0"
          >
            <Icon className={cn('mt-0.5 size-[18px]', toneText[tone])} aria-hidden="true" />
            <div className="min-w-0">
              <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="font-[570]">{check.title}</span>
                <span className="text-ink3 text-xs">
                  <span className={toneText[tone]}>{word}</span> ·{' '}
                  {check.host === 'both' ? 'both hosts' : props.hostNames[check.host]}
                </span>
              </p>
              <p className="text-ink2 text-sm [overflow-wrap:anywhere]">{check.evidence}</p>
              {check.fix ? (
                <p className="text-sm">
                  <b className="font-semibold">To do:</b> {check.fix}
                </p>
              ) : null}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
