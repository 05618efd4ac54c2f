import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { Choice } from '@/components/ui/choice'
import type { PairView } from '@/lib/domain/views'

/** A promotion by Understudy says which host must not write; without one only the operator can. */
const isToChoose = ({ pair }: PairView): boolean => pair.formerPrimary === 'none'

/** Which of the two primaries is kept from writing. */
function HostChoice(props: {
  view: PairView
  options: ChosenOptions
  onChange: (options: ChosenOptions) => void
}) {
  const { view, options } = props
  if (!isToChoose(view)) return null
  const { primary, standby } = view.hosts
  return (
    <Choice
      legend="Which host must not write?"
      value={options.host === 'primary' ? 'primary' : 'standby'}
      options={[
        {
          value: 'standby',
          label: standby.name,
          hint: `It was the standby. ${primary.name} stays the primary; what was written to ${standby.name} meanwhile stays in its data until it follows again, and is kept aside then.`,
        },
        {
          value: 'primary',
          label: primary.name,
          hint: `It was the primary. ${standby.name} is the primary from then on, and the application is started there; what was written to ${primary.name} meanwhile is kept aside in the same way.`,
        },
      ]}
      onChange={(host) => props.onChange({ host })}
    />
  )
}

export const fenceDisplay: PairOperationDisplay = {
  titleOf: (view) => (isToChoose(view) ? 'Fence one of two primaries' : `Fence ${view.hosts.standby.name}`),
  about: (view) =>
    isToChoose(view) ? (
      <>
        PostgreSQL and the application on the chosen host are stopped, and it comes up read-only even by hand
        or after a reboot. The other one goes on serving.
      </>
    ) : (
      <>
        PostgreSQL and the application on <b className="font-semibold">{view.hosts.standby.name}</b> are
        stopped, and it comes up read-only even by hand or after a reboot. {view.hosts.primary.name} is not
        touched.
      </>
    ),
  button: (view) => (isToChoose(view) ? 'Fence the chosen host' : `Fence ${view.hosts.standby.name}`),
  kind: 'danger',
  Options: HostChoice,
}
