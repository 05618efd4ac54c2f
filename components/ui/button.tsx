import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '@/components/ui/cn'

export const buttonClass = cva(
  [
    'inline-flex select-none items-center justify-center gap-2 rounded-lg border font-[550] whitespace-nowrap transition-colors',
    'disabled:cursor-not-allowed disabled:border-line disabled:bg-raise disabled:text-ink3 disabled:shadow-none',
    'aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-raise aria-disabled:text-ink3 aria-disabled:shadow-none',
    '[&_svg]:size-4 [&_svg]:shrink-0',
  ],
  {
    variants: {
      kind: {
        plain: 'border-line2 bg-surface text-ink shadow-card hover:bg-hover',
        primary: 'border-accent bg-accent text-accent-ink hover:border-accent-strong hover:bg-accent-strong',
        danger: 'border-bad bg-bad text-bad-ink hover:border-bad-strong hover:bg-bad-strong',
        ghost:
          'border-transparent bg-transparent text-ink2 hover:bg-hover hover:text-ink disabled:border-transparent disabled:bg-transparent',
      },
      size: {
        normal: 'min-h-9 px-3.5 py-1.5 text-base',
        small: 'min-h-7 px-2.5 py-0.5 text-sm',
        icon: 'size-9 p-0',
      },
    },
    defaultVariants: { kind: 'plain', size: 'normal' },
  },
)

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof buttonClass> & {
    /** While true the button says it is busy and can't be pressed again; it keeps its width and its focus. */
    busy?: boolean
  }

export function Button({ kind, size, busy, className, children, onClick, type, ...rest }: ButtonProps) {
  return (
    <button
      type={type ?? 'button'}
      className={cn(buttonClass({ kind, size }), className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  )
}

function Spinner() {
  return (
    <svg viewBox="0 0 16 16" className="animate-spin" aria-hidden="true">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.3" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
