import { CircleAlert, CircleHelp, Info, OctagonX } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/cn'
import { type Tone, toneText } from '@/components/ui/pill'

const looks = {
  busy: { icon: Info, box: 'border-busy/30 bg-busy-soft' },
  ok: { icon: Info, box: 'border-ok/30 bg-ok-soft' },
  quiet: { icon: Info, box: 'border-line bg-raise' },
  warn: { icon: CircleAlert, box: 'border-warn/35 bg-warn-soft' },
  bad: { icon: OctagonX, box: 'border-bad/35 bg-bad-soft' },
  unknown: { icon: CircleHelp, box: 'border-unknown/35 bg-unknown-soft' },
} as const

/** Something that must be read, where it belongs: what happened, then what to do. */
export function Notice(props: {
  tone: Tone
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
  /** `alert` interrupts a screen reader: only for what the viewer's own act has caused. */
  role?: 'alert' | 'status'
  className?: string
}) {
  const { icon: Icon, box } = looks[props.tone]
  return (
    <div
      role={props.role}
      className={cn(
        'flex flex-wrap items-start gap-x-3 gap-y-2 rounded-xl border px-4 py-3',
        box,
        props.className,
      )}
    >
      <Icon className={cn('mt-0.5 size-[18px] shrink-0', toneText[props.tone])} aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-[570]">{props.title}</p>
        {props.children ? <div className="mt-0.5 text-ink2 text-sm">{props.children}</div> : null}
      </div>
      {props.action}
    </div>
  )
}
