import { CircleAlert } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { useId } from 'react'
import { cn } from '@/components/ui/cn'

const controlClass = cn(
  'min-h-9 w-full rounded-lg border border-field bg-surface px-3 py-1.5 text-base text-ink shadow-card placeholder:text-ink3',
  'disabled:cursor-not-allowed disabled:border-line disabled:bg-raise disabled:text-ink3',
  'aria-invalid:border-bad',
)

export type FieldFrame = {
  label: ReactNode
  /** What to put in, or why it is asked. */
  hint?: ReactNode
  /** A sentence; empty when it is well. */
  error?: string | undefined
  className?: string | undefined
}

type ControlIds = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }

function useControlIds(frame: FieldFrame): ControlIds {
  const id = useId()
  const described = [frame.hint ? `${id}-hint` : '', frame.error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ')
  return { id, 'aria-describedby': described || undefined, 'aria-invalid': frame.error ? true : undefined }
}

function Frame({ ids, frame, children }: { ids: ControlIds; frame: FieldFrame; children: ReactNode }) {
  return (
    <div className={cn('grid content-start gap-1.5', frame.className)}>
      <label htmlFor={ids.id} className="font-[570] text-sm">
        {frame.label}
      </label>
      {children}
      {frame.hint ? (
        <p id={`${ids.id}-hint`} className="text-ink3 text-xs">
          {frame.hint}
        </p>
      ) : null}
      {frame.error ? (
        <p id={`${ids.id}-error`} className="flex items-start gap-1.5 text-bad text-sm">
          <CircleAlert className="mt-0.5 size-[15px] shrink-0" aria-hidden="true" />
          {frame.error}
        </p>
      ) : null}
    </div>
  )
}

function split<P extends FieldFrame>(props: P): [FieldFrame, Omit<P, keyof FieldFrame>] {
  const { label, hint, error, className, ...control } = props
  return [{ label, hint, error, className }, control]
}

export function TextField(props: ComponentProps<'input'> & FieldFrame & { mono?: boolean }) {
  const [frame, { mono, ...control }] = split(props)
  const ids = useControlIds(frame)
  return (
    <Frame ids={ids} frame={frame}>
      <input
        autoComplete="off"
        spellCheck={false}
        {...control}
        {...ids}
        className={cn(controlClass, mono && 'font-mono text-sm')}
      />
    </Frame>
  )
}

export function TextareaField(props: ComponentProps<'textarea'> & FieldFrame & { mono?: boolean }) {
  const [frame, { mono, ...control }] = split(props)
  const ids = useControlIds(frame)
  return (
    <Frame ids={ids} frame={frame}>
      <textarea
        autoComplete="off"
        spellCheck={false}
        rows={5}
        {...control}
        {...ids}
        className={cn(controlClass, mono && 'font-mono text-xs')}
      />
    </Frame>
  )
}

export function SelectField(props: ComponentProps<'select'> & FieldFrame) {
  const [frame, control] = split(props)
  const ids = useControlIds(frame)
  return (
    <Frame ids={ids} frame={frame}>
      <select {...control} {...ids} className={cn(controlClass, 'pr-8')} />
    </Frame>
  )
}

export function CheckboxField(props: Omit<ComponentProps<'input'>, 'type'> & FieldFrame) {
  const [frame, control] = split(props)
  const ids = useControlIds(frame)
  return (
    <div className={cn('flex items-start gap-2.5', frame.className)}>
      <input type="checkbox" {...control} {...ids} className="mt-0.5 size-[18px] shrink-0 accent-accent" />
      <div className="min-w-0">
        <label htmlFor={ids.id} className="font-[550]">
          {frame.label}
        </label>
        {frame.hint ? (
          <p id={`${ids.id}-hint`} className="text-ink3 text-sm">
            {frame.hint}
          </p>
        ) : null}
        {frame.error ? (
          <p id={`${ids.id}-error`} className="text-bad text-sm">
            {frame.error}
          </p>
        ) : null}
      </div>
    </div>
  )
}
