import { type ReactNode, useId, useState } from 'react'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import type { useStart } from '@/components/wizard/use-start'

/** The one button that starts an operation, closed with its reason beside it, and what came of the click. */
export function StartRow(props: {
  kind: 'primary' | 'danger'
  started: ReturnType<typeof useStart>
  /** Why it can't be started yet; empty when it can. */
  closedBecause: string
  onReplan: () => Promise<unknown>
  children: ReactNode
}) {
  const id = useId()
  const { started } = props
  const [isPlanning, setIsPlanning] = useState(false)
  const planAgain = async () => {
    setIsPlanning(true)
    await props.onReplan()
    setIsPlanning(false)
    started.reset()
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          kind={props.kind}
          busy={started.isPending}
          disabled={props.closedBecause !== ''}
          aria-describedby={id}
          onClick={() => started.mutate()}
        >
          {props.children}
        </Button>
        <p id={id} className="text-ink3 text-sm empty:hidden">
          {props.closedBecause}
        </p>
      </div>
      <ProblemNotice
        error={started.error}
        action={
          <Button size="small" busy={isPlanning} onClick={planAgain}>
            Plan again
          </Button>
        }
      />
    </>
  )
}
