'use client'
import { useNow } from '@/components/data/use-now'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Instant } from '@/lib/domain/observation'

/** How long ago something was; the time itself on hover. */
export function Ago(props: { at: Instant | null; never: string; bare?: boolean }) {
  const now = useNow()
  if (props.at === null) return <>{props.never}</>
  const seconds = Math.floor((now - Date.parse(props.at)) / 1000)
  return (
    <time dateTime={props.at} title={formatFullInstant(props.at)}>
      {formatDuration(seconds)}
      {props.bare ? '' : ' ago'}
    </time>
  )
}
