import { Choice } from '@/components/ui/choice'
import type { FenceReturned } from '@/lib/domain/pair'

/** What is to happen when a former primary comes back writable after a promotion, with the consequence of either. */
export function FenceReturnedChoice(props: {
  hostName: string
  value: FenceReturned
  disabledBecause?: string
  onChange: (value: FenceReturned) => void
}) {
  const { hostName, disabledBecause = '' } = props
  return (
    <Choice
      legend={`If ${hostName} comes back writable after a promotion`}
      columns
      value={props.value}
      options={[
        {
          value: 'ask',
          label: 'Alarm, and ask',
          hint: 'Two primaries accept writes until somebody fences it with one click.',
          disabledBecause,
        },
        {
          value: 'automatic',
          label: 'Fence it by itself',
          hint: 'Within seconds its application and PostgreSQL are stopped, if it is proved to be this pair’s; what it took meanwhile stays in its data directory.',
          disabledBecause,
        },
      ]}
      onChange={props.onChange}
    />
  )
}
