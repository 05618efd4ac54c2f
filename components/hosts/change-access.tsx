'use client'
import { LogIn } from 'lucide-react'
import { type RefObject, useId, useRef, useState } from 'react'
import { AccessForm, Sentences } from '@/components/hosts/access-form'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import type { Host } from '@/lib/domain/host'
import type { ChangedAccessView, PairView } from '@/lib/domain/views'

/** Whether the form is open, and what the last change left to do. */
type Change = {
  readonly id: string
  /** Where the form was opened from, and the focus goes back to. */
  readonly button: RefObject<HTMLButtonElement | null>
  readonly isOpen: boolean
  readonly done: ChangedAccessView | null
  readonly toggle: () => void
  readonly finish: (view: ChangedAccessView) => void
}

export function useChangeAccess(): Change {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const [done, setDone] = useState<ChangedAccessView | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const show = (open: boolean, view: ChangedAccessView | null) => {
    setOpen(open)
    setDone(view)
    if (!open) button.current?.focus()
  }
  return { id, button, isOpen, done, toggle: () => show(!isOpen, null), finish: (view) => show(false, view) }
}

export function ChangeAccessButton({ change, hostName }: { change: Change; hostName: string }) {
  return (
    <Button
      ref={change.button}
      size="small"
      aria-expanded={change.isOpen}
      aria-controls={change.id}
      aria-label={`Change the access to ${hostName}`}
      onClick={change.toggle}
    >
      <LogIn aria-hidden="true" />
      Change access
    </Button>
  )
}

/** Another user, key, password, address or port of a registered host, which is signed in to that way before it is kept. */
export function ChangeAccess({ change, host, pair }: { change: Change; host: Host; pair: PairView | null }) {
  const { done } = change
  return (
    <div id={change.id} className="empty:hidden">
      {change.isOpen ? (
        <AccessForm
          key={host.accessRevision}
          host={host}
          pair={pair}
          onChanged={change.finish}
          onCancel={change.toggle}
        />
      ) : null}
      {done ? (
        <Notice
          tone={done.notes.length === 0 ? 'ok' : 'warn'}
          role="status"
          title={`The access to ${host.name} is changed.`}
        >
          {done.notes.length === 0 ? null : <Sentences of={done.notes} />}
        </Notice>
      ) : null}
    </div>
  )
}
