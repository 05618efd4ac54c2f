import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { Card } from '@/components/ui/card'
import { CheckboxField } from '@/components/ui/field'
import { leftToTake } from '@/lib/domain/adopt/adoption'
import { makerWords } from '@/lib/domain/adopt/maker-words'
import { type AdoptPiece, adoptPieces } from '@/lib/domain/adopt/pieces'
import type { PairView } from '@/lib/domain/views'

const words: Readonly<Record<AdoptPiece, { label: string; hint: string }>> = {
  replication: {
    label: 'The replication',
    hint: 'Role, access rules, retention, slot and connection of the pair’s own. The stream begins anew; no data is copied.',
  },
  files: {
    label: 'The copying of files',
    hint: 'The jobs that copy now are held as comments, and the pair’s own copies take their place. Never do two copy at once.',
  },
  application: {
    label: 'The application',
    hint: 'On the standby it neither runs nor starts by itself.',
  },
  kit: {
    label: 'The break-glass kit',
    hint: 'What promotes the standby by hand when the dashboard is lost. It comes with the last of the others, or after it.',
  },
}

const chosenPieces = ({ pieces }: ChosenOptions): readonly AdoptPiece[] =>
  adoptPieces.filter((piece) => Array.isArray(pieces) && pieces.includes(piece))

/** What of the pair is taken over now. */
function PieceOptions(props: {
  view: PairView
  options: ChosenOptions
  onChange: (options: ChosenOptions) => void
}) {
  const { view, options, onChange } = props
  const chosen = chosenPieces(options)
  return (
    <Card className="grid gap-4 p-4" aria-label="What is taken over">
      {leftToTake(view.pair).map((piece) => (
        <CheckboxField
          key={piece}
          {...words[piece]}
          checked={chosen.includes(piece)}
          onChange={({ target }) =>
            onChange({
              pieces: adoptPieces.filter((each) => (each === piece ? target.checked : chosen.includes(each))),
            })
          }
        />
      ))}
    </Card>
  )
}

export const adoptDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Take ${pair.slug} over`,
  about: ({ pair, hosts }) => (
    <>
      {pair.adoption ? `It was made ${makerWords[pair.adoption.found.maker]}. ` : ''}What is chosen becomes
      Understudy’s own. <b className="font-semibold">{hosts.primary.name}</b> is not restarted, and{' '}
      {hosts.standby.name} keeps its data. Taken back, both are as they were.
    </>
  ),
  button: () => 'Take it over',
  kind: 'primary',
  Options: PieceOptions,
  firstOptions: ({ pair }) => ({ pieces: leftToTake(pair) }),
}
