import { VerificationFields } from '@/components/pair-operations/verification-fields'
import { Card } from '@/components/ui/card'
import { CheckboxField, TextField } from '@/components/ui/field'
import { FenceReturnedChoice } from '@/components/wizard/fence-returned-choice'
import type { Pair } from '@/lib/domain/pair'
import type { Changeable } from '@/lib/domain/settings-change'

/** A whole number as it is typed; what is none is refused by the plan, with its sentence. */
const toCount = (text: string): number => (text.trim() === '' ? 0 : Number(text))

/** Retention, what happens to a former primary, what belongs to the pair beside its database, and how copies are verified. */
export function SettingsFields(props: {
  readonly pair: Pair
  readonly wanted: Changeable
  readonly onChange: (wanted: Changeable) => void
}) {
  const { pair, wanted, onChange } = props
  const { scope, settings } = wanted
  const set = (change: Partial<Changeable['settings']>) =>
    onChange({ ...wanted, settings: { ...settings, ...change } })
  return (
    <Card className="grid gap-4 p-4" aria-label="Settings">
      {pair.scope.database ? (
        <div className="grid gap-4 lg:grid-cols-2">
          <TextField
            label="WAL segments kept for a standby that is away"
            inputMode="numeric"
            value={String(settings.walKeepSegments)}
            onChange={({ target }) => set({ walKeepSegments: toCount(target.value) })}
          />
          <TextField
            label="WAL segments that a slot may hold back"
            inputMode="numeric"
            placeholder="no slot"
            hint="Empty: no replication slot."
            value={settings.slotWalSegments == null ? '' : String(settings.slotWalSegments)}
            onChange={({ target }) =>
              set({ slotWalSegments: target.value.trim() === '' ? null : toCount(target.value) })
            }
          />
        </div>
      ) : null}
      {pair.scope.database ? (
        <FenceReturnedChoice
          hostName="the former primary"
          value={settings.fenceReturned ?? 'ask'}
          onChange={(fenceReturned) => set({ fenceReturned })}
        />
      ) : null}
      <CheckboxField
        label="Files"
        hint="Left out, no directory is copied any more; what was copied stays on the standby."
        checked={scope.files}
        onChange={({ target }) => onChange({ ...wanted, scope: { ...scope, files: target.checked } })}
      />
      {scope.files ? (
        <VerificationFields
          pair={pair}
          value={settings.verification}
          onChange={(verification) => set({ verification })}
        />
      ) : null}
      <CheckboxField
        label="Packages"
        hint="Those of the primary that the standby lacks are installed there. Left out: package updates are ignored."
        checked={scope.packages === true}
        onChange={({ target }) => onChange({ ...wanted, scope: { ...scope, packages: target.checked } })}
      />
    </Card>
  )
}
