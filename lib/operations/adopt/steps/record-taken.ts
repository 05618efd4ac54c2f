import { type AdoptPiece, adoptPieces, pieceWords } from '@/lib/domain/adopt/pieces'
import type { AdoptBasis, AdoptContext } from '@/lib/operations/adopt/basis'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** What of the pair is Understudy's own from here on: last, when the hosts have it. */
export function recordTaken({ facts, pair }: Pick<AdoptBasis, 'facts' | 'pair'>): Step<AdoptContext> {
  const after = adoptPieces.filter((piece) => facts.taken.includes(piece) || facts.pieces.includes(piece))
  const record = async ({ pairs }: AdoptContext, taken: readonly AdoptPiece[]) => {
    const adoption = (await pairs.find(pair.id))?.adoption
    if (adoption) await pairs.update(pair.id, { adoption: { ...adoption, taken } })
  }
  const isDone = async ({ pairs }: AdoptContext) => {
    const taken = (await pairs.find(pair.id))?.adoption?.taken ?? []
    return after.every((piece) => taken.includes(piece))
  }
  return {
    planned: {
      id: 'record-taken',
      title: `Record that ${pieceWords(facts.pieces)} ${facts.pieces.length > 1 ? 'are' : 'is'} taken over`,
      host: 'here',
      preview: [{ kind: 'note', text: `Of ${pair.slug} this is Understudy’s own from here on.` }],
      undo: 'undo',
      undoSentence: 'Takes the record back.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 5,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    run: (context) => record(context, after),
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed('It was not recorded.', 'Resume the operation.')
      return `Taken over: ${pieceWords(after)}.`
    },
    async undo(context) {
      await record(context, facts.taken)
      return 'It is recorded as before.'
    },
  }
}
