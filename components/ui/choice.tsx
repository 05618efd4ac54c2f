import type { ReactNode } from 'react'
import { useId } from 'react'
import { cn } from '@/components/ui/cn'

export type ChoiceOption<V extends string> = {
  value: V
  label: string
  hint?: ReactNode
  /** Why it can't be chosen; empty when it can. */
  disabledBecause?: string
}

/** One of a few, all of them visible: native radio buttons in cards. */
export function Choice<V extends string>(props: {
  legend: string
  value: V | null
  options: readonly ChoiceOption<V>[]
  onChange: (value: V) => void
  columns?: boolean
}) {
  const name = useId()
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 font-[570] text-sm">{props.legend}</legend>
      <div className={cn('grid gap-2', props.columns && 'sm:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]')}>
        {props.options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex items-start gap-2.5 rounded-lg border border-line2 px-3 py-2.5 has-checked:border-accent has-checked:bg-accent-soft',
              'has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2',
              option.disabledBecause
                ? 'cursor-not-allowed bg-raise text-ink3'
                : 'cursor-pointer bg-surface hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={props.value === option.value}
              disabled={Boolean(option.disabledBecause)}
              onChange={() => props.onChange(option.value)}
              className="mt-0.5 size-4 shrink-0 accent-accent focus-visible:outline-none"
            />
            <span className="min-w-0">
              <span className="block font-[570]">{option.label}</span>
              {option.hint || option.disabledBecause ? (
                <span className="block text-ink2 text-sm">{option.disabledBecause || option.hint}</span>
              ) : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
