'use client'
import { Clock, FileText, Unlink } from 'lucide-react'
import Link from 'next/link'
import { SeenAgo } from '@/components/status/aged'
import { StatePill } from '@/components/status/state-pill'
import { actionHref } from '@/components/status/verdict-card'
import { Button, buttonClass } from '@/components/ui/button'
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
  const promote = view.actions.find((each) => each.action === 'promote')
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
          {promote ? <Action view={promote} slug={pair.slug} /> : null}
        </div>
        {promote && !promote.allowed ? (
          <p id="why-promote" className="max-w-[64ch] text-ink3 text-xs sm:text-right">
            Promote is off: {promote.reason}
          </p>
        ) : null}
      </div>
    </div>
  )
}

function Action({ view, slug }: { view: ActionView; slug: string }) {
  if (!view.allowed)
    return (
      <Button disabled aria-describedby="why-promote">
        Promote…
      </Button>
    )
  return (
    <Link href={actionHref(view.action, slug)} className={buttonClass()}>
      Promote…
    </Link>
  )
}
