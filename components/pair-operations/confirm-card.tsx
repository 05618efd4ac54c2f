'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ConfirmFields } from '@/components/operations/confirm-fields'
import { OverrideFields, type OverrideReasons } from '@/components/operations/override-fields'
import {
  type ChosenOptions,
  pairOperationDisplays,
} from '@/components/pair-operations/pair-operation-display'
import type { PlannedOperation } from '@/components/pair-operations/pair-operation-page'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { StartRow } from '@/components/wizard/start-row'
import { useStart } from '@/components/wizard/use-start'
import { isBlockingDespite, overridesOf } from '@/lib/domain/preflight'
import type { PairView, PlanView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

type Props = {
  readonly view: PairView
  readonly operation: PlannedOperation
  readonly options: ChosenOptions
  readonly shown: PlanView
  readonly onReplan: () => Promise<unknown>
}

/** What it does and what to know first, the words that the plan asks for, a reason, and the one button. */
export function ConfirmCard(props: Props) {
  const { view, operation, options, shown, onReplan } = props
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [reasons, setReasons] = useState<OverrideReasons>({})
  const router = useRouter()
  const { about, button, kind, titleOf } = pairOperationDisplays[operation]
  const started = useStart({
    shown: shown.shown,
    path: `/pairs/${encodeURIComponent(view.pair.slug)}/${operation}`,
    body: () => ({
      options,
      reason: reason.trim(),
      acknowledgement: typed.trim(),
      overrides: overridesOf(shown.checks, reasons),
    }),
    draftId: null,
    onStarted: ({ operationId }) => router.push(routes.operation(operationId)),
  })
  const { acknowledgement } = shown.plan
  return (
    <Card className="grid gap-3 p-4" aria-label={`Confirm: ${titleOf(view)}`}>
      <p>{about(view)}</p>
      {shown.plan.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      <OverrideFields checks={shown.checks} reasons={reasons} onChange={setReasons} />
      <ConfirmFields
        acknowledgement={acknowledgement}
        typed={typed}
        onTyped={setTyped}
        reason={reason}
        onReason={setReason}
      />
      <StartRow
        kind={kind}
        started={started}
        closedBecause={whyClosed(props, { typed: typed.trim(), reason: reason.trim(), reasons })}
        onReplan={onReplan}
      >
        {button(view)}
      </StartRow>
    </Card>
  )
}

type Given = { readonly typed: string; readonly reason: string; readonly reasons: OverrideReasons }

function whyClosed({ view, operation, shown }: Props, { typed, reason, reasons }: Given): string {
  const permission = view.actions.find(({ action }) => action === operation)
  if (!permission?.allowed) return permission?.reason ?? 'This version does not offer it.'
  if (isBlockingDespite(shown.checks, reasons)) return 'a check fails'
  const { acknowledgement } = shown.plan
  if (acknowledgement !== '' && typed !== acknowledgement)
    return typed === '' ? 'type the words first' : 'finish typing the words'
  return reason === '' ? 'give a reason first' : ''
}
