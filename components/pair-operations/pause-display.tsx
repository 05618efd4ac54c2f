import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { Card } from '@/components/ui/card'
import { CheckboxField, SelectField } from '@/components/ui/field'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Pair } from '@/lib/domain/pair'
import { type PausePart, pauseParts } from '@/lib/domain/pause'
import type { PairView } from '@/lib/domain/views'

const hours = {
  '30 minutes': 0.5,
  '1 hour': 1,
  '2 hours': 2,
  '4 hours': 4,
  '8 hours': 8,
  '1 day': 24,
  '3 days': 72,
  '7 days': 168,
} as const
const inHours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString()

const words: Readonly<Record<PausePart, { label: string; hint: string }>> = {
  sync: {
    label: 'Copying of files',
    hint: 'cron starts no copy. What runs goes on to its end. A promotion loses what is written meanwhile.',
  },
  replay: {
    label: 'Replay of WAL',
    hint: 'WAL is received and kept, and not applied. A promotion loses nothing by it, but has to apply it first.',
  },
}

const isThere = ({ scope, settings }: Pair, part: PausePart): boolean =>
  part === 'sync' ? scope.files && settings.directories.length > 0 : scope.database

const chosenParts = ({ what }: ChosenOptions): readonly PausePart[] =>
  pauseParts.filter((part) => Array.isArray(what) && what.includes(part))

/** What stands still, and for how long. The end is an instant: it stays the same while the plan is looked at. */
function PauseOptions(props: {
  view: PairView
  options: ChosenOptions
  onChange: (options: ChosenOptions) => void
}) {
  const { view, options, onChange } = props
  const what = chosenParts(options)
  const { until } = options
  return (
    <Card className="grid gap-4 p-4" aria-label="What is paused">
      {pauseParts
        .filter((part) => isThere(view.pair, part))
        .map((part) => (
          <CheckboxField
            key={part}
            {...words[part]}
            checked={what.includes(part)}
            onChange={({ target }) =>
              onChange({
                ...options,
                what: pauseParts.filter((each) => (each === part ? target.checked : what.includes(each))),
              })
            }
          />
        ))}
      <SelectField
        label="For"
        className="max-w-80"
        hint={typeof until === 'string' ? `Until ${formatFullInstant(until, { precision: 'minutes' })}.` : ''}
        defaultValue="1 hour"
        onChange={({ target }) => {
          const count = Object.entries(hours).find(([label]) => label === target.value)?.[1]
          if (count) onChange({ ...options, until: inHours(count) })
        }}
      >
        {Object.keys(hours).map((label) => (
          <option key={label}>{label}</option>
        ))}
      </SelectField>
    </Card>
  )
}

export const pauseDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Pause ${pair.slug}`,
  about: ({ hosts }) => (
    <>
      What is chosen stands still on <b className="font-semibold">{hosts.standby.name}</b> until the end, and
      is resumed by itself then. {hosts.primary.name} is not touched.
    </>
  ),
  button: ({ hosts }) => `Pause on ${hosts.standby.name}`,
  kind: 'primary',
  Options: PauseOptions,
  firstOptions: ({ pair }) => ({
    what: pauseParts.filter((part) => isThere(pair, part)),
    until: inHours(1),
  }),
}
