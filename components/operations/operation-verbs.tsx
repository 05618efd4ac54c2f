'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleStop, Play, Undo2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button, buttonClass } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { isInFlight, isTerminal } from '@/lib/domain/operation-state'
import { listUndo, type OperationVerb } from '@/lib/domain/operation-verbs'
import type { OperationView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

type Ask = { verb: OperationVerb; reason: string }

/** What can be asked of the operation now; what can't says why. Once it has ended, the way to its pair. */
export function OperationVerbs({ view }: { view: OperationView }) {
  const client = useQueryClient()
  const { operation, verbs } = view
  const asked = useMutation({
    mutationFn: ({ verb, reason }: Ask) =>
      apiClient.post<OperationView>(`/operations/${encodeURIComponent(operation.id)}/${verb}`, { reason }),
    onSuccess: (next) => client.setQueryData(queries.operation(operation.id).queryKey, next),
  })
  if (isTerminal(operation.state))
    return (
      <div>
        <Link href={routes.pair(view.pairSlug)} className={buttonClass()}>
          To {view.pairSlug}
        </Link>
      </div>
    )
  const ask = (verb: OperationVerb, reason = '') => asked.mutate({ verb, reason })
  const reasons = isInFlight(operation.state)
    ? [verbs.cancel.reason]
    : [verbs.resume.reason, verbs.undo.reason]
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {isInFlight(operation.state) ? (
          <ConfirmDialog
            trigger={
              <Button disabled={!verbs.cancel.allowed} busy={asked.isPending} aria-describedby="why-verbs">
                <CircleStop aria-hidden="true" />
                Cancel…
              </Button>
            }
            title="Cancel at the next safe point?"
            confirm="Cancel it"
            kind="danger"
            onConfirm={() => ask('cancel')}
          >
            <p>The step that runs is stopped; what is done stays until you resume or undo it.</p>
          </ConfirmDialog>
        ) : (
          <StandingVerbs view={view} isBusy={asked.isPending} onAsk={ask} />
        )}
      </div>
      <p id="why-verbs" className="text-ink3 text-xs empty:hidden">
        {reasons.filter(Boolean).join(' ')}
      </p>
      <ProblemNotice error={asked.error} />
    </div>
  )
}

type StandingProps = {
  view: OperationView
  isBusy: boolean
  onAsk: (verb: OperationVerb, reason?: string) => void
}

function StandingVerbs({ view, isBusy, onAsk }: StandingProps) {
  const { operation, verbs, events } = view
  return (
    <>
      <Button
        kind="primary"
        disabled={!verbs.resume.allowed}
        busy={isBusy}
        aria-describedby="why-verbs"
        onClick={() => onAsk('resume')}
      >
        <Play aria-hidden="true" />
        Resume
      </Button>
      <ConfirmDialog
        trigger={
          <Button disabled={!verbs.undo.allowed} busy={isBusy} aria-describedby="why-verbs">
            <Undo2 aria-hidden="true" />
            Undo…
          </Button>
        }
        title="Undo what it did?"
        confirm="Undo it"
        kind="danger"
        onConfirm={() => onAsk('undo')}
      >
        <p>Taken back, the last one first:</p>
        <ul className="ml-5 grid list-disc gap-1 text-sm">
          {listUndo(operation.plan, events).map((planned) => (
            <li key={planned.id}>
              <b className="font-[570] text-ink">{planned.title}</b>: {planned.undoSentence}
            </li>
          ))}
        </ul>
      </ConfirmDialog>
      <CloseVerb
        isAllowed={verbs.close.allowed}
        isBusy={isBusy}
        onClose={(reason) => onAsk('close', reason)}
      />
    </>
  )
}

function CloseVerb(props: { isAllowed: boolean; isBusy: boolean; onClose: (reason: string) => void }) {
  const [reason, setReason] = useState('')
  return (
    <ConfirmDialog
      trigger={
        <Button kind="ghost" disabled={!props.isAllowed} busy={props.isBusy}>
          Close as it stands…
        </Button>
      }
      title="Leave everything as it is now?"
      confirm="Close it"
      disabled={reason.trim() === ''}
      onConfirm={() => props.onClose(reason.trim())}
    >
      <p>What was done stays on the hosts, and the pair is free for another operation.</p>
      <TextField
        label="Why it is left so"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Needed: it is kept with the operation."
      />
    </ConfirmDialog>
  )
}
