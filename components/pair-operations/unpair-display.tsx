import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { Choice } from '@/components/ui/choice'
import { isOwn } from '@/lib/domain/adopt/adoption'
import { type Leave, leaveChoices } from '@/lib/domain/unpair'
import type { PairView } from '@/lib/domain/views'

const isLeave = (value: unknown): value is Leave => leaveChoices.some((leave) => leave === value)

const stopped = {
  label: 'A stopped standby',
  hint: 'PostgreSQL is stopped. Its data stays where it is and follows nobody; the application stays stopped.',
}
/** Of a pair whose replication is only observed. */
const asItIs = {
  label: 'As it is',
  hint: 'Only what is Understudy’s own goes. PostgreSQL follows as it does now; what copied files before stays out.',
}

/** Only of a pair that somebody else made. */
const asFound = (name: string) => ({
  value: 'as-found' as const,
  label: 'What it was before it was taken over',
  hint: `${name} follows as it did then, and what copied files and failed over by itself does so again.`,
})

/** As what the standby is left. Where the pair is taken apart already, what is left to do was chosen then. */
function LeaveChoice(props: {
  view: PairView
  options: ChosenOptions
  onChange: (options: ChosenOptions) => void
}) {
  const { view, options } = props
  const { pair, hosts } = view
  const { name } = hosts.standby
  if (!pair.isPaired) return null
  const isOurs = pair.scope.database && isOwn(pair, 'replication')
  const noDatabase = pair.scope.database ? '' : 'The pair has no database.'
  const notOurs = isOurs ? '' : 'How it follows was never changed.'
  return (
    <Choice
      legend={`${name} is left as`}
      value={isLeave(options.leave) ? options.leave : 'stopped'}
      options={[
        ...(pair.adoption ? [asFound(name)] : []),
        {
          value: 'stopped',
          ...(pair.scope.database && !isOurs ? asItIs : stopped),
        },
        {
          value: 'standalone',
          label: 'A standalone copy',
          hint: `It becomes writable with a copy of the data of ${hosts.primary.name}, and diverges from it from then on; the application stays stopped.`,
          disabledBecause: noDatabase || notOurs,
        },
        {
          value: 'original',
          label: 'What it was before the pair',
          hint: 'What was put aside has its place again, and the application is as it was. The copy is put aside, not deleted.',
          disabledBecause: pair.adoption ? 'Nothing was put aside: no create made this pair.' : '',
        },
      ]}
      onChange={(leave) => props.onChange({ leave })}
    />
  )
}

export const unpairDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Unpair ${pair.slug}`,
  about: ({ pair, hosts }) =>
    pair.isPaired ? (
      <>
        What the pair has put on its hosts is removed. <b className="font-semibold">{hosts.primary.name}</b>{' '}
        stays in service and is not restarted; {hosts.standby.name} is left as chosen.
      </>
    ) : (
      <>
        What the pair has put on a host that was away is removed, as it was chosen when the pair was taken
        apart.
      </>
    ),
  button: ({ pair }) => (pair.isPaired ? 'Unpair' : 'Clean up'),
  kind: 'danger',
  Options: LeaveChoice,
}
