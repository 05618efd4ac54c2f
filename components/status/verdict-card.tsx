import Link from 'next/link'
import { stateDisplay } from '@/components/status/state-display'
import { buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { cn } from '@/components/ui/cn'
import { toneBorder } from '@/components/ui/pill'
import type { DirectoryFacts } from '@/lib/domain/observation'
import { type ActionId, hasStandby } from '@/lib/domain/states'
import type { PairView } from '@/lib/domain/views'
import type { PublicError } from '@/lib/errors'
import { routes } from '@/lib/routes'

/** What a failover would cost now, then the cause, then the one next action. */
export function VerdictCard({ view }: { view: PairView }) {
  const { verdict } = view
  const { tone } = stateDisplay(verdict?.state ?? null)
  const loss = verdict && hasStandby(verdict.state) ? verdict.loss.sentence : ''
  const [first, ...more] = (verdict?.reasons ?? []).filter((reason) => reason !== loss)
  return (
    <Card
      aria-labelledby="verdict-heading"
      className={cn(
        'grid items-center gap-x-5 gap-y-3 border-l-[3px] px-4 py-3.5 sm:px-[18px] sm:py-4 md:grid-cols-[1fr_auto]',
        toneBorder[tone],
      )}
    >
      <div className="grid gap-1">
        <h2 id="verdict-heading" className="sr-only">
          What a failover would cost now, and what to do
        </h2>
        {verdict ? (
          <>
            {loss ? <p className="font-[570] text-md">{loss}</p> : null}
            {first ? <p className={loss ? 'text-ink2' : 'font-[570] text-md'}>{first}</p> : null}
            {more.length > 0 ? (
              <ul className="ml-4 list-disc text-ink2 text-sm">
                {more.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            ) : null}
            {verdict.nextAction.sentence ? (
              <p className="text-ink2">
                <b className="font-semibold text-ink">Next:</b> {verdict.nextAction.sentence}
              </p>
            ) : null}
          </>
        ) : (
          <Unseen problem={view.profileProblem} />
        )}
      </div>
      <NextAction view={view} />
    </Card>
  )
}

/** Why there is no verdict at all. */
function Unseen({ problem }: { problem: PublicError | null }) {
  if (problem === null)
    return (
      <p className="text-md">
        The worker has not looked at this pair yet. It looks each second: if this stays, the worker does not
        run.
      </p>
    )
  return (
    <>
      <p className="font-[570] text-md [overflow-wrap:anywhere]">
        Nobody looks at this pair: {problem.message}
      </p>
      <p className="text-ink2 [overflow-wrap:anywhere]">
        <b className="font-semibold text-ink">Next:</b> {problem.fix}
      </p>
    </>
  )
}

export const actionLabels: Readonly<Record<ActionId, string>> = {
  create: 'Create the standby…',
  adopt: 'Take over…',
  promote: 'Promote…',
  switchover: 'Switch over…',
  fence: 'Fence…',
  're-pair': 'Make it a standby again…',
  pause: 'Pause…',
  resume: 'Resume…',
  'change-settings': 'Change settings…',
  drill: 'Drill…',
  sync: 'Sync now…',
  'repair-files': 'Repair files…',
  // Advised only where a host is still to be cleaned.
  unpair: 'Clean up what is left…',
}

export const actionHref = (action: ActionId, slug: string): string =>
  action === 'create' ? routes.newPairFrom(slug) : routes.pairOperation(slug, action)

function NextAction({ view }: { view: PairView }) {
  const { operation, pair, verdict } = view
  if (operation)
    return (
      <Link href={routes.operation(operation.id)} className={buttonClass()}>
        Show the operation
      </Link>
    )
  const action = verdict?.nextAction.action
  const isAllowed = view.actions.some((each) => each.action === action && each.allowed)
  if (action && isAllowed)
    return (
      <Link
        href={actionHref(action, pair.slug)}
        className={buttonClass({ kind: action === 'promote' || action === 'fence' ? 'danger' : 'primary' })}
      >
        {actionLabels[action]}
      </Link>
    )
  const failing = failingDirectory(view)
  return failing ? (
    <Link href={routes.logs(pair.slug, failing.id, failing.lastRun?.endedAt)} className={buttonClass()}>
      Show the failing run
    </Link>
  ) : null
}

function failingDirectory({ observation }: PairView): DirectoryFacts | null {
  const machine = observation?.hosts.standby.machine
  if (!machine?.seen) return null
  return machine.value.directories.find((each) => each.failuresSinceGood > 0) ?? null
}
