import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** Nothing to show, and why, and what to do: a designed state, not a blank. */
export function Empty(props: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }) {
  const Icon = props.icon
  return (
    <div className="grid justify-items-center gap-3 px-6 py-14 text-center">
      <span className="grid size-12 place-items-center rounded-full bg-hover text-ink3">
        <Icon className="size-6" aria-hidden="true" />
      </span>
      <h2 className="font-semibold text-lg">{props.title}</h2>
      {props.children ? <div className="max-w-[52ch] text-ink2">{props.children}</div> : null}
      {props.action}
    </div>
  )
}
