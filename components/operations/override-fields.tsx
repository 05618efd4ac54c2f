import { TextField } from '@/components/ui/field'
import type { PreflightCheck } from '@/lib/domain/preflight'

/** Reasons for going on although a check fails, by the check's id. */
export type OverrideReasons = Readonly<Record<string, string>>

/** The failed checks that may be overridden, each with a place for the reason; nothing where there is none. */
export function OverrideFields(props: {
  checks: readonly PreflightCheck[]
  reasons: OverrideReasons
  onChange: (reasons: OverrideReasons) => void
}) {
  return props.checks
    .filter(({ outcome, canOverride }) => outcome === 'fail' && canOverride)
    .map(({ id, title, evidence }) => (
      <TextField
        key={id}
        label={`Override “${title}”: why go on all the same?`}
        hint={`${evidence} Left empty, it is not overridden. The reason is kept with the plan, in the audit and in the report.`}
        value={props.reasons[id] ?? ''}
        onChange={(event) => props.onChange({ ...props.reasons, [id]: event.target.value })}
      />
    ))
}
