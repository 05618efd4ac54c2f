'use client'
import type { ReactNode } from 'react'
import { Aged } from '@/components/status/aged'
import { Ago } from '@/components/status/ago'
import { standbyUpdatedAt, standbyUpdatedText } from '@/components/status/last-updated'
import { cardClass } from '@/components/ui/card'
import { cn } from '@/components/ui/cn'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import type { Distance } from '@/lib/domain/lag'
import type { Instant } from '@/lib/domain/observation'
import type { Scope } from '@/lib/domain/pair'
import { hasStandby } from '@/lib/domain/states'
import type { Readiness, Verdict } from '@/lib/domain/verdict'
import type { PairView } from '@/lib/domain/views'

/** The numbers that one looks for first; their places never change. */
export function Tiles({ view }: { view: PairView }) {
  const { verdict, observation, pair } = view
  const at = observation?.at ?? null
  return (
    <section aria-labelledby="tiles-heading">
      <h2 id="tiles-heading" className="sr-only">
        Numbers now
      </h2>
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        {verdict ? <LossTile verdict={verdict} at={at} scope={pair.scope} /> : null}
        {pair.scope.database ? <DatabaseTiles view={view} /> : null}
        {verdict ? <ReadyTile readiness={verdict.readyForFailover} at={at} /> : null}
      </dl>
    </section>
  )
}

function DatabaseTiles({ view }: { view: PairView }) {
  const { verdict } = view
  return (
    <>
      {verdict ? <LagTile title="Receive lag" distance={verdict.lag.receive} verdict={verdict} /> : null}
      {verdict ? <LagTile title="Replay lag" distance={verdict.lag.replay} verdict={verdict} /> : null}
      <SegmentsTile view={view} />
      <UpdatedTile view={view} />
    </>
  )
}

function Tile(props: {
  title: string
  value: ReactNode
  note?: ReactNode
  at: Instant | null
  tone?: string
}) {
  return (
    <div className={cn(cardClass, 'px-3.5 py-3')}>
      <dt className="text-ink3 text-xs">{props.title}</dt>
      <dd>
        <div className={cn('mt-0.5 min-h-[1.6rem] font-[620] text-xl tracking-[-0.015em]', props.tone)}>
          <Aged at={props.at}>{props.value}</Aged>
        </div>
        <div className="mt-0.5 min-h-[1.1rem] text-ink2 text-xs">{props.note}</div>
      </dd>
    </div>
  )
}

const Small = ({ children }: { children: ReactNode }) => (
  <span className="font-medium text-ink2 text-sm tracking-normal">{children}</span>
)

const lossTitle = 'Loss if failed over now'

function LossTile(props: { verdict: Verdict; at: Instant | null; scope: Scope }) {
  const { scope } = props
  const { database, directories } = props.verdict.loss
  if (!hasStandby(props.verdict.state))
    return <Tile title={lossTitle} at={props.at} value="–" note="there is no standby" />
  const ages = directories.map((each) => each.ageSeconds)
  const oldest = ages.includes(null) ? null : Math.max(0, ...ages.filter((age) => age !== null))
  if (!scope.database)
    return (
      <Tile
        title={lossTitle}
        at={props.at}
        value={oldest === null ? 'unknown' : `up to ${formatDuration(oldest)}`}
        note={oldest === null ? 'some files were never synced' : 'of files; the database is left out'}
      />
    )
  const prefix = database.isUpperBound ? '' : 'at least '
  return (
    <Tile
      title={lossTitle}
      at={props.at}
      value={
        database.walBytes === null ? (
          'unknown'
        ) : (
          <>
            {prefix ? <Small>{prefix}</Small> : null}
            {formatBytes(database.walBytes)}
          </>
        )
      }
      note={
        scope.files && directories.length > 0
          ? oldest === null
            ? 'and files that were never synced'
            : `and up to ${formatDuration(oldest)} of files`
          : 'of the database'
      }
    />
  )
}

function LagTile(props: { title: string; distance: Distance; verdict: Verdict }) {
  const { bytes, seconds } = props.distance
  return (
    <Tile
      title={props.title}
      at={props.verdict.lag.primaryLsnAt}
      value={
        bytes === null ? (
          'unknown'
        ) : (
          <>
            {formatBytes(bytes)} {seconds === null ? null : <Small>{formatDuration(seconds)}</Small>}
          </>
        )
      }
      note={bytes === null || seconds === null ? props.verdict.lag.unknownBecause : ''}
    />
  )
}

function SegmentsTile({ view }: { view: PairView }) {
  const standby = view.observation?.hosts.standby.server
  const primary = view.observation?.hosts.primary.server
  const inUse = standby?.seen ? standby.value.walSegmentsInUse : null
  const configured = primary?.seen
    ? primary.value.walSegmentsConfigured
    : standby?.seen
      ? standby.value.walSegmentsConfigured
      : null
  const bytes = standby?.seen ? standby.value.walSegmentBytes : null
  return (
    <Tile
      title="WAL segments"
      at={standby?.at ?? null}
      value={
        inUse === null && configured === null ? (
          'unknown'
        ) : (
          <>
            {inUse ?? 'unknown'} <Small>in use / {configured ?? 'unknown'} configured</Small>
          </>
        )
      }
      note={bytes && configured !== null ? `${formatBytes(bytes * configured)} kept for the standby` : ''}
    />
  )
}

function UpdatedTile({ view }: { view: PairView }) {
  const at = standbyUpdatedAt(view)
  return (
    <Tile
      title="DB last updated"
      at={view.observation?.hosts.standby.server.at ?? null}
      value={standbyUpdatedText(view) ?? 'unknown'}
      note={at ? <Ago at={at} never="" /> : 'no transaction replayed was seen'}
    />
  )
}

function ReadyTile({ readiness, at }: { readiness: Readiness; at: Instant | null }) {
  return (
    <Tile
      title="Ready for failover"
      at={at}
      tone={readiness.ready ? 'text-ok' : 'text-bad'}
      value={readiness.ready ? 'Yes' : 'No'}
      note={readiness.ready ? '' : readiness.reasons[0]}
    />
  )
}
