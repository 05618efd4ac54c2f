'use client'
import { Menu as Base } from '@base-ui/react/menu'
import type { ComponentProps, ReactElement, ReactNode } from 'react'
import { cn } from '@/components/ui/cn'

/** A button that opens a short list of choices. */
export function Menu(props: { trigger: ReactElement; label: string; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={props.trigger} aria-label={props.label} />
      <Base.Portal>
        <Base.Positioner className="z-40 outline-none" sideOffset={8} align="end">
          <Base.Popup className="min-w-52 rounded-xl border border-line bg-surface p-1.5 text-base shadow-pop outline-none">
            {props.children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

const itemClass =
  'flex w-full cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 outline-none data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:text-ink3'

export function MenuItem({ className, ...rest }: ComponentProps<typeof Base.Item>) {
  return <Base.Item className={cn(itemClass, typeof className === 'string' && className)} {...rest} />
}

export function MenuLink({ className, ...rest }: ComponentProps<typeof Base.LinkItem>) {
  return <Base.LinkItem className={cn(itemClass, typeof className === 'string' && className)} {...rest} />
}

export function MenuChoice<V extends string>(props: {
  legend: string
  value: V
  options: readonly { value: V; label: string; icon: ReactNode }[]
  onChange: (value: V) => void
}) {
  return (
    <Base.RadioGroup value={props.value} onValueChange={(value: V) => props.onChange(value)}>
      <Base.GroupLabel className="px-2.5 pt-1.5 pb-1 text-ink3 text-xs">{props.legend}</Base.GroupLabel>
      {props.options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className={itemClass} closeOnClick={false}>
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <Base.RadioItemIndicator className="size-2 rounded-full bg-accent" />
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

export const MenuLine = () => <Base.Separator className="mx-1 my-1.5 h-px bg-line" />
