import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { Card } from '@/components/ui/card'
import { CheckboxField } from '@/components/ui/field'
import type { PairView } from '@/lib/domain/views'

const idsOf = ({ pair }: PairView) => pair.settings.directories.map(({ id }) => id)

/** None named stands for all of them. */
function chosenIds(view: PairView, { directories }: ChosenOptions): readonly string[] {
  const named = Array.isArray(directories) ? directories : []
  return named.length === 0 ? idsOf(view) : idsOf(view).filter((id) => named.includes(id))
}

/** Which directories are copied. The last one can't be left out: there would be nothing to do. */
function SyncOptions(props: {
  view: PairView
  options: ChosenOptions
  onChange: (options: ChosenOptions) => void
}) {
  const { view, options, onChange } = props
  const all = idsOf(view)
  const chosen = chosenIds(view, options)
  const choose = (wanted: readonly string[]) =>
    onChange({ directories: wanted.length === all.length ? [] : wanted })
  return (
    <Card className="grid gap-4 p-4" aria-label="What is copied">
      {view.pair.settings.directories.map(({ id, title, path }) => (
        <CheckboxField
          key={id}
          label={title}
          hint={path}
          checked={chosen.includes(id)}
          disabled={chosen.length === 1 && chosen.includes(id)}
          onChange={({ target }) =>
            choose(all.filter((each) => (each === id ? target.checked : chosen.includes(each))))
          }
        />
      ))}
    </Card>
  )
}

export const syncDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Sync ${pair.slug} now`,
  about: ({ hosts }) => (
    <>
      The directories are copied from <b className="font-semibold">{hosts.primary.name}</b> to{' '}
      <b className="font-semibold">{hosts.standby.name}</b> now, by the same runner and with the same guards
      as by their schedules, which go on as they are. It can be cancelled at any time.
    </>
  ),
  button: ({ hosts }) => `Copy to ${hosts.standby.name} now`,
  kind: 'primary',
  Options: SyncOptions,
}
