'use client'
import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactElement, ReactNode } from 'react'
import { Button, type ButtonProps } from '@/components/ui/button'

/** The one door through which an act with consequences is confirmed: says what will happen, and names the act again. */
export function ConfirmDialog(props: {
  trigger: ReactElement
  title: string
  children: ReactNode
  confirm: string
  kind?: ButtonProps['kind']
  disabled?: boolean
  onConfirm: () => void
}) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger render={props.trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 grid max-h-[85dvh] w-[30rem] max-w-[calc(100vw-1.5rem)] -translate-x-1/2 -translate-y-1/2 gap-4 overflow-y-auto rounded-2xl border border-line bg-surface p-5 shadow-pop outline-none">
          <div className="grid gap-2">
            <AlertDialog.Title className="font-[650] text-lg">{props.title}</AlertDialog.Title>
            <AlertDialog.Description render={<div className="grid gap-2 text-ink2" />}>
              {props.children}
            </AlertDialog.Description>
          </div>
          <div className="flex flex-wrap justify-end gap-2">
            <AlertDialog.Close render={<Button>Leave it</Button>} />
            <AlertDialog.Close
              render={
                <Button kind={props.kind ?? 'primary'} disabled={props.disabled} onClick={props.onConfirm}>
                  {props.confirm}
                </Button>
              }
            />
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
