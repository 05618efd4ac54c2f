import { DrillFields } from '@/components/pair-operations/drill-fields'
import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { Card } from '@/components/ui/card'

function DrillOptions(props: { options: ChosenOptions; onChange: (options: ChosenOptions) => void }) {
  return (
    <Card className="grid gap-4 p-4" aria-label="How it is done">
      <DrillFields {...props} />
    </Card>
  )
}

export const drillDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Drill ${pair.slug}`,
  about: ({ hosts }) => (
    <>
      A throwaway copy of the data of <b className="font-semibold">{hosts.standby.name}</b> is started beside
      it without network, recovered and promoted, looked through, and removed. {hosts.standby.name} goes on
      replicating, and the drill gives way to that.
    </>
  ),
  button: ({ hosts }) => `Drill on ${hosts.standby.name}`,
  kind: 'primary',
  Options: DrillOptions,
}
