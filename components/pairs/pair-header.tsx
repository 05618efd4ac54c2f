'use client'
import { Clock, FileText, Unlink } from 'lucide-react'
import Link from 'next/link'
import { SeenAgo } from '@/components/status/aged'
import { StatePill } from '@/components/status/state-pill'
import { actionHref, actionLabels } from '@/components/status/verdict-card'
import { Button, buttonClass } from '@/components/ui/button'
import { isObserved } from '@/lib/domain/adopt/adoption'
import { leftOutWords } from '@/lib/domain/left-out'
import type { ActionView, PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** Name and state of the pair, what is in its scope, and what can be done with it: closed actions say why. */
export function PairHeader(props: {
  view: PairView
  agesShown: boolean
  onAgesShown: (shown: boolean) => void
}) {
  const { view } = props
  const { pair, verdict, observation } = view
  const scope = (['database', 'files', 'packages'] as const).filter((part) => pair.scope[part]).join(', ')
  const leftOut = leftOutWords(view.leftOut)
  const offered = offeredActions(view)
  const closed = offered.filter(({ allowed }) => !allowed)
  const unpair = view.actions.find((each) => each.action === 'unpair')
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5">
        <h1 className="font-[650] text-2xl tracking-[-0.018em]">{pair.slug}</h1>
        <StatePill state={verdict?.state ?? null} />
        <p className="text-ink3">
          {view.profileTitle} · {scope}
          {leftOut ? <> · left out: {leftOut}</> : null}
          {observation ? (
            <>
              {' '}
              · <SeenAgo at={observation.at} />
            </>
          ) : null}
        </p>
      </div>
      <div className="grid gap-1.5 sm:justify-items-end">
        <div className="flex flex-wrap items-center gap-2">
          <Button
            kind="ghost"
            aria-pressed={props.agesShown}
            className="aria-pressed:bg-accent-soft aria-pressed:text-accent"
            onClick={() => props.onAgesShown(!props.agesShown)}
          >
            <Clock aria-hidden="true" />
            Ages
          </Button>
          <Link href={routes.logs(pair.slug)} className={buttonClass()}>
            <FileText aria-hidden="true" />
            Logs
          </Link>
          {pair.isPaired && unpair?.allowed ? (
            <Link href={actionHref('unpair', pair.slug)} className={buttonClass({ kind: 'ghost' })}>
              <Unlink aria-hidden="true" />
              Unpair…
            </Link>
          ) : null}
          {offered.map((action) => (
            <Action key={action.action} view={action} slug={pair.slug} />
          ))}
        </div>
        {closed.map(({ action, reason }) => (
          <p key={action} id={`why-${action}`} className="max-w-[64ch] text-ink3 text-xs sm:text-right">
            {bareLabel(action)} is off: {reason}
          </p>
        ))}
      </div>
    </div>
  )
}

/** What is paused can be resumed; else it can be paused. Of an observed pair nothing but that it is taken over. */
function offeredActions({ actions, pair }: PairView): readonly ActionView[] {
  if (isObserved(pair)) return actions.filter(({ action }) => action === 'adopt')
  const resume = actions.find(({ action, allowed }) => action === 'resume' && allowed)
  const wanted = ['change-settings', resume ? 'resume' : 'pause', 'switchover', 'promote']
  return wanted.flatMap((name) => actions.find(({ action }) => action === name) ?? [])
}

const bareLabel = (action: ActionView['action']) => actionLabels[action].replace('…', '')

function Action({ view: { action, allowed }, slug }: { view: ActionView; slug: string }) {
  if (!allowed)
    return (
      <Button disabled aria-describedby={`why-${action}`}>
        {actionLabels[action]}
      </Button>
    )
  return (
    <Link href={actionHref(action, slug)} className={buttonClass()}>
      {actionLabels[action]}
    </Link>
  )
}
