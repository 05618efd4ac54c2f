import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/components/ui/cn'

export const cardClass = 'rounded-xl border border-line bg-surface shadow-card'

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return <section className={cn(cardClass, className)} {...rest} />
}

/** The head of a card: its heading, and at the right what belongs to it. */
export function CardHead({ title, id, children }: { title: string; id?: string; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b px-4 py-3">
      <h2 id={id} className="font-semibold text-md">
        {title}
      </h2>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink3 text-sm">{children}</div>
    </div>
  )
}
