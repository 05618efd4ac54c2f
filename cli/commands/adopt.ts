import type { PairCommand, PairFlags } from '@/cli/pair-command'
import { adoptPieces } from '@/lib/domain/adopt/pieces'

type Flags = PairFlags & { readonly piece?: unknown }

const gather = (value: string, known: readonly string[]): readonly string[] => [...known, value]

/** `understudy adopt`: a pair that somebody else made, and that is observed, is taken over. */
export const adoptCommand: PairCommand = {
  operation: 'adopt',
  about: 'what taking over a pair that somebody else made would do',
  question: ({ pair }) => `Take over what the plan says of ${pair.slug}?`,
  withOptions: (command) =>
    command.option(
      '--piece <piece>',
      `${adoptPieces.join(', ')}: only this of it; repeatable; all that is left where not given`,
      gather,
      [],
    ),
  toOptions: ({ piece }: Flags) => ({ pieces: piece }),
  help: `
The pair is observed first: “understudy observe”. Neither server is copied anew, and PostgreSQL is restarted only on a standby of version 12. What
copied files before is held, never deleted, and an undo puts it back byte for byte. Until all of the pair is taken over nothing else can be done
with it.`,
}
