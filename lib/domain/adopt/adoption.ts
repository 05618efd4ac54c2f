import type { FindingOf, FoundReplication } from '@/lib/domain/adopt/found-replication'
import { type AdoptPiece, pieceWords } from '@/lib/domain/adopt/pieces'
import type { Instant } from '@/lib/domain/observation'

/** Kept with a pair that somebody else made: what was found, and what of it is taken over. It stays until the pair is taken apart. */
export type Adoption = {
  /** Since when it is observed, by the dashboard's clock, and who asked for that. */
  readonly since: Instant
  readonly by: string
  /** What there is to be taken over of it. */
  readonly pieces: readonly AdoptPiece[]
  readonly taken: readonly AdoptPiece[]
  /** Directories that are copied and no part of the pair, by their ids. */
  readonly without: readonly string[]
  readonly found: FoundReplication
}

type Given = { readonly adoption?: Adoption | null | undefined }

/** What of the pair is not taken over yet, in its order; nothing of a pair of our own. */
export const leftToTake = ({ adoption }: Given): readonly AdoptPiece[] =>
  adoption ? adoption.pieces.filter((piece) => !adoption.taken.includes(piece)) : []

/** Whether something of the pair is only looked at. */
export const isObserved = (pair: Given): boolean => leftToTake(pair).length > 0

/** Whether this part of the pair is Understudy's own. */
export const isOwn = (pair: Given, piece: AdoptPiece): boolean => !leftToTake(pair).includes(piece)

/** Whether this part of the pair was somebody else's and is taken over. */
export const isTaken = ({ adoption }: Given, piece: AdoptPiece): boolean =>
  adoption?.taken.includes(piece) === true

/** Whether nothing of the pair is on its hosts by Understudy's doing. */
export const isOnlyObserved = (pair: Given): boolean => isObserved(pair) && pair.adoption?.taken.length === 0

/** What was looked at anew: what is taken over of the pair stays as it was found before that. */
export function foundAgain({ found, taken }: Adoption, now: FoundReplication): FoundReplication {
  const of = (piece: FindingOf['piece']) => (taken.includes(piece) ? found : now)
  const told = (piece: FindingOf['piece']) => of(piece).findings.filter((each) => each.piece === piece)
  const { maker, stream, managers } = of('replication')
  const findings = [...told('replication'), ...told('files')]
  // One that does not stream just now is known again by how it did.
  return {
    ...{ readAt: now.readAt, maker, managers, findings },
    stream: stream ?? found.stream,
    jobs: of('files').jobs,
  }
}

/** Why nothing else is changed on the hosts of such a pair. */
export const observedReason = (adoption: Adoption): string =>
  adoption.taken.length === 0
    ? 'This pair is only observed: take it over first.'
    : `Of this pair only ${pieceWords(adoption.taken)} ${adoption.taken.length > 1 ? 'are' : 'is'} taken over: take over ${pieceWords(leftToTake({ adoption }))} too.`
