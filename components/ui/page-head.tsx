import type { ReactNode } from 'react'

/** The head of a page: its one heading, what it is about, and what can be done at the right. */
export function PageHead(props: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="grid min-w-0 gap-0.5">
        <h1 className="font-[650] text-2xl tracking-[-0.018em]">{props.title}</h1>
        {props.children ? <div className="max-w-[90ch] text-ink2">{props.children}</div> : null}
      </div>
      {props.actions ? <div className="flex flex-wrap items-center gap-2">{props.actions}</div> : null}
    </div>
  )
}
