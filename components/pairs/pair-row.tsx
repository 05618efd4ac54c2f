'use client'
import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { memo } from 'react'
import { Aged, SeenAgo } from '@/components/status/aged'
import { StatePill } from '@/components/status/state-pill'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import type { LossStatement } from '@/lib/domain/loss'
import { operationTitles, operationWords } from '@/lib/domain/operation-words'
import { hasStandby } from '@/lib/domain/states'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** One pair on the overview: its state, what a failover would cost, and what needs eyes. */
export const PairRow = memo(function PairRow({ view }: { view: PairView }) {
  const { pair, hosts, verdict, observation, operation } = view
  const isAlone = verdict !== null && !hasStandby(verdict.state)
  return (
    <li className="relative grid [contain-intrinsic-size:auto_5rem] [content-visibility:auto] items-center gap-x-5 gap-y-1.5 border-line border-b px-4 py-3.5 last:border-b-0 hover:bg-hover md:grid-cols-[minmax(10rem,1.1fr)_9.5rem_minmax(12rem,2fr)_14.5rem]">
      <div className="min-w-0">
        <Link
          href={routes.pair(pair.slug)}
          className="font-[620] text-md after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {pair.slug}
        </Link>
        <p className="flex items-center gap-1 text-ink3 text-sm">
          {hosts.primary.name}
          <ArrowRight className="size-3.5" role="img" aria-label="followed by" />
          {hosts.standby.name}
        </p>
      </div>
      <div>
        <StatePill state={verdict?.state ?? null} size="small" />
      </div>
      <p className="min-w-0 text-ink2 text-sm">
        {operation ? (
          <b className="font-[570] text-busy">
            {operationTitles[operation.kind]} {operationWords[operation.state]}.{' '}
          </b>
        ) : null}
        {verdict?.reasons[0] ?? 'The worker has not looked at it yet.'}
      </p>
      <div>
        <dl className="flex gap-x-6 text-sm md:grid md:grid-cols-2 md:text-right">
          <div>
            <dt className="text-ink3 text-xs">Loss now</dt>
            <dd className="font-[570]">
              <Aged at={observation?.at ?? null} terse>
                {isAlone ? 'no standby' : databaseLoss(verdict?.loss)}
              </Aged>
            </dd>
          </div>
          <div>
            <dt className="text-ink3 text-xs">Oldest files</dt>
            <dd className="font-[570]">
              <Aged at={observation?.at ?? null} terse>
                {isAlone ? 'no standby' : pair.scope.files ? oldestFiles(verdict?.loss) : 'not synced'}
              </Aged>
            </dd>
          </div>
        </dl>
        <p className="text-ink3 text-xs md:text-right">
          {observation ? <SeenAgo at={observation.at} /> : 'not seen yet'}
        </p>
      </div>
    </li>
  )
})

function databaseLoss(loss: LossStatement | undefined): string {
  const bytes = loss?.database.walBytes
  if (!loss || bytes === null || bytes === undefined) return 'unknown'
  return `${loss.database.isUpperBound ? '' : 'at least '}${formatBytes(bytes)}`
}

function oldestFiles(loss: LossStatement | undefined): string {
  if (!loss || loss.directories.length === 0) return 'none'
  const ages = loss.directories.map((each) => each.ageSeconds)
  if (ages.includes(null)) return 'never synced'
  return formatDuration(Math.max(...ages.filter((age) => age !== null)))
}
