import type { ChosenOptions } from '@/components/pair-operations/pair-operation-display'
import { TextField } from '@/components/ui/field'
import { drillDefaults } from '@/lib/domain/drill-defaults'

const numbers = [
  {
    key: 'lagSeconds',
    label: 'Gives way after, seconds',
    hint: 'As soon as what the standby has received waits longer than this to be replayed, the drill ends and all of it is removed.',
  },
  {
    key: 'rateMegabytes',
    label: 'Copies at most, MB/s',
    hint: 'Of a backup. Where the file system can share blocks, almost nothing is copied.',
  },
  {
    key: 'amcheckMinutes',
    label: 'pg_amcheck takes at most, minutes',
    hint: 'It looks through every table and index of the copy. 0: it is left out.',
  },
] as const

const shown = (value: unknown, other: number): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : String(other)

/** What is chosen for a drill, one that begins now or one that begins by itself. */
export function DrillFields({
  options,
  errors = {},
  onChange,
}: {
  readonly options: ChosenOptions
  /** By field; nothing where all is well. */
  readonly errors?: Readonly<Record<string, string>>
  readonly onChange: (options: ChosenOptions) => void
}) {
  const { directory } = options
  return (
    <>
      {numbers.map(({ key, label, hint }) => (
        <TextField
          key={key}
          label={label}
          hint={hint}
          error={errors[key]}
          className="max-w-80"
          inputMode="numeric"
          value={shown(options[key], drillDefaults[key])}
          onChange={({ target }) => onChange({ ...options, [key]: target.value })}
        />
      ))}
      <TextField
        label="Directory of the copy"
        hint="Empty: beside the data directory, where blocks can be shared with it."
        error={errors.directory}
        mono
        value={typeof directory === 'string' ? directory : ''}
        onChange={({ target }) =>
          onChange({ ...options, directory: target.value === '' ? null : target.value })
        }
      />
    </>
  )
}
