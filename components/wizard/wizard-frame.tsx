'use client'
import { Check } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { cn } from '@/components/ui/cn'

export type WizardStep = { readonly id: string; readonly label: string; readonly heading: string }

/** The steps of a wizard with the one that is open; focus goes to its heading when it changes. */
export function WizardFrame(props: {
  steps: readonly WizardStep[]
  current: string
  /** Why a step can't be opened yet; empty when it can. */
  closedBecause: (step: string) => string
  onStep: (step: string) => void
  children: ReactNode
}) {
  const index = Math.max(
    0,
    props.steps.findIndex((step) => step.id === props.current),
  )
  const step = props.steps[index]
  const heading = useRef<HTMLHeadingElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const before = useRef(props.current)
  useEffect(() => {
    const steps = list.current
    const here = steps?.children[index]
    if (!steps || !(here instanceof HTMLElement)) return
    // Also when the window becomes narrow: the open step stays in sight.
    const sight = new ResizeObserver(() => {
      steps.scrollLeft = here.offsetLeft - 48
    })
    sight.observe(steps)
    return () => sight.disconnect()
  }, [index])
  useEffect(() => {
    if (before.current === props.current) return
    before.current = props.current
    heading.current?.focus()
  }, [props.current])
  return (
    <div className="grid grid-cols-1 gap-4">
      <nav aria-label="Steps of the wizard">
        <p className="mb-1 text-ink3 text-sm md:hidden">
          Step {index + 1} of {props.steps.length}
        </p>
        <ol ref={list} className="relative flex gap-1.5 overflow-x-auto p-0.5 md:flex-wrap">
          {props.steps.map((each, at) => (
            <li key={each.id} className="shrink-0">
              <StepButton
                step={each}
                isDone={at < index}
                isHere={at === index}
                closed={props.closedBecause(each.id)}
                onStep={props.onStep}
              />
            </li>
          ))}
        </ol>
      </nav>
      <h2 ref={heading} tabIndex={-1} className="font-[640] text-xl tracking-[-0.012em]">
        {step?.heading}
      </h2>
      {props.children}
    </div>
  )
}

function StepButton(props: {
  step: WizardStep
  isDone: boolean
  isHere: boolean
  closed: string
  onStep: (step: string) => void
}) {
  const isClosed = props.closed !== '' && !props.isHere
  return (
    <button
      type="button"
      disabled={isClosed}
      title={props.closed || undefined}
      aria-current={props.isHere ? 'step' : undefined}
      onClick={() => props.onStep(props.step.id)}
      className={cn(
        'inline-flex items-center gap-1.5 rounded-full border px-3 py-1 text-sm',
        props.isHere
          ? 'border-accent bg-accent-soft font-semibold text-accent'
          : props.isDone
            ? 'border-line text-ok'
            : 'border-line text-ink3',
        !isClosed && !props.isHere && 'hover:bg-hover',
        isClosed && 'cursor-not-allowed',
      )}
    >
      {props.isDone ? <Check className="size-3.5" strokeWidth={2.4} aria-hidden="true" /> : null}
      {props.step.label}
      {props.isDone ? <span className="sr-only">, done</span> : null}
    </button>
  )
}
