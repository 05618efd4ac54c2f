'use client'
import { WifiOff } from 'lucide-react'
import { useLive } from '@/components/data/live-stream'
import { useNow } from '@/components/data/use-now'
import { formatDuration } from '@/lib/domain/format-duration'

/** Says, once and aloud, that this tab has lost the dashboard itself, and how old what it shows is. */
export function ConnectionBanner() {
  const { status } = useLive()
  return (
    <div role="status">
      {status === 'lost' ? (
        <div className="sticky top-13 z-20 border-bad/35 border-b bg-bad-soft">
          <p className="mx-auto flex max-w-[1368px] flex-wrap items-center gap-x-2.5 px-3.5 py-2.5 sm:px-6">
            <WifiOff className="size-[18px] shrink-0 text-bad" aria-hidden="true" />
            <b className="font-semibold text-bad">The connection to the dashboard is lost.</b>
            <span>What this page shows may no longer be true; it tries again by itself.</span>
            <LastHeard />
          </p>
        </div>
      ) : null}
    </div>
  )
}

/** Ticks, so it is not part of what a screen reader is told again and again. */
function LastHeard() {
  const { lastHeardMs, clockOffsetMs } = useLive()
  const now = useNow()
  if (lastHeardMs === null) return null
  return (
    <span aria-hidden="true" className="text-ink2">
      Last heard {formatDuration((now - clockOffsetMs - lastHeardMs) / 1000)} ago.
    </span>
  )
}
