'use client'
import { type ReactNode, useId } from 'react'
import { cn } from '@/components/ui/cn'

/**
 * A button of the top bar that opens a panel. The browser's own popover: light dismissal, Escape, the top layer and the
 * order of focus come with it, and no script has to be loaded.
 */
export function Menu(props: {
  trigger: ReactNode
  triggerClass: string
  label: string
  children: ReactNode
}) {
  const id = useId()
  return (
    <>
      <button type="button" className={props.triggerClass} aria-label={props.label} popoverTarget={id}>
        {props.trigger}
      </button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-14 right-3 m-0 min-w-56 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-surface p-1.5 text-base text-ink shadow-pop sm:right-6"
      >
        {props.children}
      </div>
    </>
  )
}

/** How an entry of the panel looks, link or button. */
export const menuItemClass = cn(
  'flex w-full items-center gap-2.5 rounded-lg px-2.5 py-2 text-left hover:bg-hover aria-[current]:bg-hover',
  '[&_svg]:size-4 [&_svg]:text-ink3',
)

/** Closes the panel in which `element` lies: for entries that lead somewhere without a new page. */
export function closeMenu(element: Element) {
  element.closest<HTMLElement>('[popover]')?.hidePopover()
}

export function MenuChoice<V extends string>(props: {
  legend: string
  value: V
  options: readonly { value: V; label: string; icon: ReactNode }[]
  onChange: (value: V) => void
}) {
  const name = useId()
  return (
    <fieldset>
      <legend className="px-2.5 pt-1.5 pb-1 text-ink3 text-xs">{props.legend}</legend>
      {props.options.map((option) => (
        <label
          key={option.value}
          className={cn(
            menuItemClass,
            'cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-accent',
          )}
        >
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <input
            type="radio"
            name={name}
            checked={props.value === option.value}
            onChange={() => props.onChange(option.value)}
            className="size-4 accent-accent focus-visible:outline-none"
          />
        </label>
      ))}
    </fieldset>
  )
}

export const MenuLine = () => <hr className="mx-1 my-1.5 border-line" />
