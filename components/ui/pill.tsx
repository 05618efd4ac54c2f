import { cva } from 'class-variance-authority'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/cn'

export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'unknown' | 'quiet'

const pillClass = cva(
  'inline-flex items-center gap-1.5 rounded-full font-semibold whitespace-nowrap [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        ok: 'bg-ok-soft text-ok',
        busy: 'bg-busy-soft text-busy',
        warn: 'bg-warn-soft text-warn',
        bad: 'bg-bad-soft text-bad',
        unknown: 'bg-unknown-soft text-unknown',
        quiet: 'bg-hover text-ink2',
      },
      size: {
        normal: 'py-1 pr-2.5 pl-2 text-sm [&_svg]:size-[15px]',
        small: 'py-0.5 pr-2 pl-1.5 text-xs [&_svg]:size-[13px]',
      },
    },
    defaultVariants: { size: 'normal' },
  },
)

export const toneText: Readonly<Record<Tone, string>> = {
  ok: 'text-ok',
  busy: 'text-busy',
  warn: 'text-warn',
  bad: 'text-bad',
  unknown: 'text-unknown',
  quiet: 'text-ink2',
}

export const toneBorder: Readonly<Record<Tone, string>> = {
  ok: 'border-l-ok',
  busy: 'border-l-busy',
  warn: 'border-l-warn',
  bad: 'border-l-bad',
  unknown: 'border-l-unknown',
  quiet: 'border-l-line2',
}

/** A state in a word, with its icon and its colour. */
export function Pill(props: {
  tone: Tone
  size?: 'normal' | 'small'
  icon?: ReactNode
  className?: string
  children: ReactNode
}) {
  return (
    <span className={cn(pillClass({ tone: props.tone, size: props.size }), props.className)}>
      {props.icon}
      {props.children}
    </span>
  )
}
