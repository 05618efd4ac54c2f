'use client'
import Link from 'next/link'
import { CheckPill, DrillPill } from '@/components/drills/drill-look'
import { Ago } from '@/components/status/ago'
import { Card, CardHead } from '@/components/ui/card'
import { linkClass } from '@/components/ui/link-class'
import { copyWayWords, type Drill, recoveryWords } from '@/lib/domain/drill'
import { formatBytes } from '@/lib/domain/format-bytes'
import { routes } from '@/lib/routes'

function Figure({ title, value, note }: { title: string; value: string; note: string }) {
  return (
    <div>
      <dt className="text-ink3 text-xs">{title}</dt>
      <dd>
        <div className="mt-0.5 font-[620] text-xl tracking-[-0.015em]">{value}</div>
        <div className="text-ink2 text-xs">{note}</div>
      </dd>
    </div>
  )
}

/** What the latest drill showed: how long the copy took and its recovery, and each check with its answer. */
export function LastDrill({ drill }: { drill: Drill }) {
  const { copy, recoveryMs, reason, way, hostName, startedAt, operationId } = drill
  return (
    <Card aria-labelledby="last-drill">
      <CardHead title="Last drill" id="last-drill">
        <DrillPill outcome={drill.outcome} />
        <span>
          on {hostName}, began <Ago at={startedAt} never="" />
        </span>
        <Link href={routes.operation(operationId)} className={linkClass}>
          Show the operation
        </Link>
      </CardHead>
      <div className="grid gap-4 p-4">
        {reason ? <p className="max-w-[90ch] [overflow-wrap:anywhere]">{reason}</p> : null}
        <dl className="grid grid-cols-2 gap-4 md:grid-cols-3">
          <Figure
            title="Recovery"
            value={recoveryMs === null ? '–' : recoveryWords(recoveryMs)}
            note={recoveryMs === null ? 'it did not come to that' : 'from its start to its first row'}
          />
          <Figure
            title="Copy"
            value={copy === null ? '–' : recoveryWords(copy.ms)}
            note={copy === null ? 'it was not made' : `${formatBytes(copy.bytes)}, ${copyWayWords[way]}`}
          />
        </dl>
        <Checks drill={drill} />
      </div>
    </Card>
  )
}

function Checks({ drill: { checks } }: { drill: Drill }) {
  if (checks.length === 0) return null
  return (
    <ul className="grid gap-2">
      {checks.map(({ id, title, outcome, evidence, tookMs }) => (
        <li key={id} className="grid gap-x-3 gap-y-0.5 text-sm sm:grid-cols-[5.5rem_1fr_auto]">
          <span>
            <CheckPill outcome={outcome} />
          </span>
          <p className="min-w-0">
            <b className="font-[570]">{title}</b>{' '}
            <span className="text-ink2 [overflow-wrap:anywhere]">{evidence}</span>
          </p>
          <span className="text-ink3 text-xs">{outcome === 'left-out' ? '' : recoveryWords(tookMs)}</span>
        </li>
      ))}
    </ul>
  )
}
