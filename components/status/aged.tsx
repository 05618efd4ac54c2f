'use client'
import { Clock } from 'lucide-react'
import { createContext, type ReactNode, useContext } from 'react'
import { useNow } from '@/components/data/use-now'
import { cn } from '@/components/ui/cn'
import { HoverTip } from '@/components/ui/hover-tip'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Instant } from '@/lib/domain/observation'

type Payload = { readonly at: Instant; readonly host: HostClock | null }

/** A host's own clock, so that a time can be said as the host says it. */
export type HostClock = { name: string; timeZone: string; offsetMs: number }

/** Facts older than this are shown as stale, seconds, unless they say their own limit: the worker looks each second. */
const staleAfterSeconds = 5

const AgesShown = createContext(false)

/** Whether every value says its age in words: for those who can't hover. */
export const AgesShownProvider = AgesShown.Provider

/**
 * A value with the age of its fact: on hover always, in words when it is stale or when ages are switched on.
 * `at`: when the fact was read, by the dashboard's clock; null where it was never read.
 */
export function Aged(props: {
  at: Instant | null
  lateAfterSeconds?: number | undefined
  host?: HostClock | null
  /** Its age stands in words close by already. */
  terse?: boolean
  children: ReactNode
}) {
  const now = useNow()
  const shown = useContext(AgesShown)
  if (props.at === null) return <>{props.children}</>
  const ageSeconds = (now - Date.parse(props.at)) / 1000
  const isStale = ageSeconds > (props.lateAfterSeconds ?? staleAfterSeconds)
  return (
    <HoverTip
      content={<AgeText at={props.at} host={props.host ?? null} />}
      className={cn(isStale && 'text-ink3 underline decoration-dotted decoration-ink3 underline-offset-3')}
    >
      {props.children}
      {(shown || isStale) && !props.terse ? (
        <span className="ml-1.5 inline-flex items-center gap-1 whitespace-nowrap text-ink3 text-xs no-underline">
          <Clock className="size-3" aria-hidden="true" />
          {formatDuration(Math.floor(ageSeconds))} old
        </span>
      ) : null}
    </HoverTip>
  )
}

function AgeText({ at, host }: Payload) {
  const now = useNow()
  return (
    <>
      <p className="font-[570]">Read {formatDuration((now - Date.parse(at)) / 1000)} ago</p>
      <p className="text-ink2">{formatFullInstant(at)}</p>
      {host ? (
        <p className="text-ink3">
          {host.name}’s clock:{' '}
          {formatFullInstant(new Date(Date.parse(at) + host.offsetMs).toISOString(), {
            timeZone: host.timeZone,
          })}
        </p>
      ) : null}
    </>
  )
}

/** How long ago a pair was seen, calmly: `seen just now` until it is worth a number. */
export function SeenAgo({ at }: { at: Instant }) {
  const ageSeconds = Math.floor((useNow() - Date.parse(at)) / 1000)
  if (ageSeconds < 3) return <>seen just now</>
  return (
    <span className={ageSeconds > staleAfterSeconds ? 'font-[570] text-warn' : undefined}>
      seen {formatDuration(ageSeconds)} ago
    </span>
  )
}
