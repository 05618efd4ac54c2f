import { CheckboxField, TextField } from '@/components/ui/field'
import type { Pair } from '@/lib/domain/pair'
import { type VerificationSetting, verificationOf } from '@/lib/domain/verification-setting'

/** When copies are compared with the primary's files by checksum, and how gently. */
export function VerificationFields(props: {
  readonly pair: Pair
  readonly value: VerificationSetting | null | undefined
  readonly onChange: (value: VerificationSetting | null) => void
}) {
  const { pair, value, onChange } = props
  const shown = verificationOf(value, pair.slug)
  const fallback = verificationOf(undefined, pair.slug)
  const set = (change: Partial<VerificationSetting>) =>
    shown ? onChange({ ...shown, ...change }) : undefined
  return (
    <div className="grid gap-4">
      <CheckboxField
        label="Verify copies by checksum"
        hint="Finds files whose content differs although size and time are the same, which a copy passes over. It reads all of them on both hosts, with the lowest priority."
        checked={shown !== null}
        onChange={({ target }) => onChange(target.checked ? fallback : null)}
      />
      {shown ? (
        <div className="grid gap-4 lg:grid-cols-3">
          <TextField
            label="A run begins"
            hint="Minute, hour, day of month, month, day of week; by the standby’s clock. It goes on where the last one ended."
            mono
            value={shown.schedule}
            onChange={({ target }) => set({ schedule: target.value })}
          />
          <TextField
            label="Days until a directory is verified again"
            inputMode="numeric"
            value={String(shown.everyDays)}
            onChange={({ target }) => set({ everyDays: Number(target.value) })}
          />
          <TextField
            label="Megabytes a second at most"
            inputMode="numeric"
            value={String(shown.megabytesPerSecond)}
            onChange={({ target }) => set({ megabytesPerSecond: Number(target.value) })}
          />
        </div>
      ) : null}
    </div>
  )
}
