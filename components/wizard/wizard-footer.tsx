'use client'
import { ArrowLeft, ArrowRight } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '@/components/ui/button'

/** Back and on. The way on is closed with its reason beside it. */
export function WizardFooter(props: {
  onBack?: () => void
  onNext?: () => Promise<void> | void
  next?: string
  /** Why it does not go on; empty when it does. */
  closedBecause?: string
}) {
  const id = useId()
  const [busy, setBusy] = useState(false)
  const { onNext } = props
  const goOn = async () => {
    setBusy(true)
    try {
      await onNext?.()
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      {props.onBack ? (
        <Button onClick={props.onBack}>
          <ArrowLeft aria-hidden="true" />
          Back
        </Button>
      ) : null}
      {onNext ? (
        <Button
          kind="primary"
          busy={busy}
          disabled={Boolean(props.closedBecause)}
          aria-describedby={id}
          onClick={goOn}
        >
          {props.next ?? 'Continue'}
          <ArrowRight aria-hidden="true" />
        </Button>
      ) : null}
      <p id={id} className="text-ink3 text-sm empty:hidden">
        {props.closedBecause}
      </p>
    </div>
  )
}
