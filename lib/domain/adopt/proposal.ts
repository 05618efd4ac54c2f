import type { AdoptPiece } from '@/lib/domain/adopt/pieces'
import type { Pair } from '@/lib/domain/pair'

/** A pair that somebody else made as it is now, in the words of a pair's settings, and what of it there is to be taken over. */
export type Proposal = Pick<Pair, 'scope' | 'settings'> & { readonly pieces: readonly AdoptPiece[] }

/** The same without some of the directories that are copied, by their ids; without all of them nothing of files is left. */
export function leavingOut({ scope, settings, pieces }: Proposal, without: readonly string[]): Proposal {
  const directories = settings.directories.filter(({ id }) => !without.includes(id))
  const hasFiles = directories.length > 0
  return {
    scope: { ...scope, files: hasFiles },
    settings: { ...settings, directories },
    pieces: hasFiles ? pieces : pieces.filter((piece) => piece !== 'files'),
  }
}
