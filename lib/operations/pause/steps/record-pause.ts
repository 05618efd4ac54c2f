import { type Pause, pausedWords, untilWords } from '@/lib/domain/pause'
import type { Step } from '@/lib/operations/engine/step'
import type { PauseBasis, PauseContext } from '@/lib/operations/pause/basis'
import { stepFailed } from '@/lib/operations/step-failed'

const isSame = (one: Pause | null, other: Pause | null): boolean =>
  one === null || other === null
    ? one === other
    : one.operationId === other.operationId && one.until === other.until

const readPause = async ({ pairs, pair }: PauseContext): Promise<Pause | null> =>
  (await pairs.find(pair.id))?.pause ?? null

/**
 * The pair's pause as it is when the operation is done. A pause is recorded before anything stands still, so that whatever stands still has
 * an end; its end is recorded when all goes on.
 */
export function recordPause({ facts, operationId }: PauseBasis): Step<PauseContext> {
  const { after, before } = facts
  const wanted = ({ by, reason }: PauseContext): Pause | null =>
    after && { ...after, by, reason, operationId }
  const text = after
    ? `${pausedWords(after.what, { isFirst: true })}: until ${untilWords(after.until)} (${after.until}). Then it is resumed by itself, also when the dashboard was restarted meanwhile; while the standby is away, as soon as it answers.`
    : 'The pair has no pause any more.'
  return {
    planned: {
      id: after ? 'record-pause' : 'record-resumed',
      title: after ? 'Record the pause with its end' : 'Record that nothing is paused',
      host: 'here',
      preview: [{ kind: 'note', text }],
      undo: 'undo',
      undoSentence: before ? 'Records the pause as it was.' : 'Records that nothing is paused.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 5,
    },
    async check(context) {
      return isSame(await readPause(context), wanted(context))
        ? { done: true, sentence: 'It is recorded already.' }
        : { done: false }
    },
    async run(context) {
      await context.pairs.update(context.pair.id, { pause: wanted(context) })
    },
    async verify(context) {
      if (!isSame(await readPause(context), wanted(context)))
        throw stepFailed('It was not recorded.', 'Resume the operation.')
      return after ? `Paused until ${untilWords(after.until)}.` : 'Nothing is paused.'
    },
    async undo({ pairs, pair }) {
      await pairs.update(pair.id, { pause: before })
      return before ? 'The pause is as it was.' : 'Nothing is paused.'
    },
  }
}
