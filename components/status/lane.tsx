import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/cn'
import { type Tone, toneText } from '@/components/ui/pill'

const backs: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok-soft',
  busy: 'bg-busy-soft',
  warn: 'bg-warn-soft',
  bad: 'bg-bad-soft',
  unknown: 'bg-unknown-soft',
  quiet: 'bg-hover',
}

const motions = {
  moving: 'stripes animate-flow opacity-85',
  idle: 'stripes opacity-35',
  broken: 'stripes-broken opacity-70',
} as const

export type LaneLook = {
  readonly tone: Tone
  /** `moving`: data moved just now. `idle`: nothing to move, and the way is open. `broken`: nothing can move. */
  readonly motion: 'moving' | 'idle' | 'broken'
}

/** A stream between the two hosts: what it carries, how it stands in words, and a pipe that moves only with data. */
export function Lane(props: LaneLook & { title: string; children: ReactNode }) {
  const isBroken = props.motion === 'broken'
  return (
    <li>
      <div className="mb-1 flex flex-wrap justify-between gap-x-3 text-ink2 text-xs">
        <b className={cn('font-semibold', props.tone === 'ok' ? 'text-ink' : toneText[props.tone])}>
          {props.title}
        </b>
        <span>{props.children}</span>
      </div>
      <div
        className={cn('relative h-3 overflow-hidden rounded-full', backs[props.tone], toneText[props.tone])}
        aria-hidden="true"
      >
        <div className={cn('absolute inset-y-1 -left-[26px] right-0 rounded-xs', motions[props.motion])} />
        {isBroken ? (
          <span className="absolute inset-0 grid place-items-center">
            <span className={cn('grid h-3 w-8 place-items-center', backs[props.tone])}>
              <X className="size-3" strokeWidth={3} />
            </span>
          </span>
        ) : null}
      </div>
    </li>
  )
}
