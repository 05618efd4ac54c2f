import { TextField } from '@/components/ui/field'

/** What is typed before an operation begins: the words that its plan asks for, where it asks for any, and the reason. */
export function ConfirmFields(props: {
  /** Empty where the plan asks for none. */
  acknowledgement: string
  acknowledgementHint?: string
  typed: string
  onTyped: (typed: string) => void
  reason: string
  onReason: (reason: string) => void
}) {
  return (
    <>
      {props.acknowledgement ? (
        <TextField
          label={
            <>
              Type <span className="font-mono text-sm">{props.acknowledgement}</span>
            </>
          }
          {...(props.acknowledgementHint && { hint: props.acknowledgementHint })}
          value={props.typed}
          onChange={(event) => props.onTyped(event.target.value)}
        />
      ) : null}
      <TextField
        label="Reason"
        hint="Kept with the operation and in the audit."
        value={props.reason}
        onChange={(event) => props.onReason(event.target.value)}
      />
    </>
  )
}
