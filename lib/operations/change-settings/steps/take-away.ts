import type { ChangeContext } from '@/lib/operations/change-settings/basis'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** A step of a create the other way round: what it made goes as by its undo, and its undo makes it again. */
export function takeAway(
  step: Step<ChangeContext>,
  {
    id,
    title,
    text,
    done,
  }: { readonly id: string; readonly title: string; readonly text: string; readonly done: string },
): Step<ChangeContext> {
  return {
    planned: {
      id,
      title,
      host: step.planned.host,
      preview: [{ kind: 'note', text }],
      undo: 'undo',
      undoSentence: `As before: ${step.planned.title}.`,
      irreversible: false,
      timeoutMs: step.planned.timeoutMs,
      attemptsMax: step.planned.attemptsMax,
    },
    // What of it is left can’t be told by a check that asks whether all of it is there; to take it away twice does no harm.
    check: async () => ({ done: false }),
    async run(context, io) {
      await step.undo?.(context, io)
    },
    async verify(context, io) {
      if ((await step.check(context, io)).done)
        throw stepFailed('It is still there.', 'Resume the operation.')
      return done
    },
    async undo(context, io) {
      await step.run(context, io)
      return await step.verify(context, io)
    },
  }
}
