'use client'
import { cloneElement, type ReactElement, type ReactNode, useId, useRef } from 'react'
import { Button, type ButtonProps } from '@/components/ui/button'

/**
 * The one door through which an act with consequences is confirmed: says what will happen, and names the act again. The
 * browser's own dialog: Escape, the top layer, an inert page behind it and the way back of the focus come with it, and no
 * script has to be loaded.
 */
export function ConfirmDialog(props: {
  trigger: ReactElement<ButtonProps>
  title: string
  children: ReactNode
  confirm: string
  kind?: ButtonProps['kind']
  disabled?: boolean
  onConfirm: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const close = () => dialog.current?.close()
  return (
    <>
      {cloneElement(props.trigger, { 'aria-haspopup': 'dialog', onClick: () => dialog.current?.showModal() })}
      <dialog
        ref={dialog}
        role="alertdialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
        className="m-auto max-h-[85dvh] w-[30rem] max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-2xl border border-line bg-surface p-5 text-base text-ink shadow-pop backdrop:bg-scrim"
      >
        <div className="grid gap-4">
          <div className="grid gap-2">
            <h2 id={`${id}-title`} className="font-[650] text-lg">
              {props.title}
            </h2>
            <div id={`${id}-text`} className="grid gap-2 text-ink2">
              {props.children}
            </div>
          </div>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>Leave it</Button>
            <Button
              kind={props.kind ?? 'primary'}
              disabled={props.disabled}
              onClick={() => {
                close()
                props.onConfirm()
              }}
            >
              {props.confirm}
            </Button>
          </div>
        </div>
      </dialog>
    </>
  )
}
