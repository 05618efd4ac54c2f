'use client'
import { useNow } from '@/components/data/use-now'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Instant } from '@/lib/domain/observation'

/** How long ago something was; the time itself on hover. */
export function Ago(props: { at: Instant | null; never: string; bare?: boolean }) {
  const now = useNow()
  if (props.at === null) return <>{props.never}</>
  const whole = Math.floor((now - Date.parse(props.at)) / 1000)
  // From ten minutes on the seconds tell nothing and would only flicker.
  const seconds = whole < 600 ? whole : whole - (whole % 60)
  return (
    <time dateTime={props.at} title={formatFullInstant(props.at)}>
      {formatDuration(seconds)}
      {props.bare ? '' : ' ago'}
    </time>
  )
}

/** How long it is until something; the time itself on hover. */
export function Until(props: { at: Instant | null; never: string }) {
  const now = useNow()
  if (props.at === null) return <>{props.never}</>
  const seconds = Math.floor((Date.parse(props.at) - now) / 1000)
  return (
    <time dateTime={props.at} title={formatFullInstant(props.at)}>
      {seconds <= 0 ? 'now' : `in ${formatDuration(seconds < 600 ? seconds : seconds - (seconds % 60))}`}
    </time>
  )
}
