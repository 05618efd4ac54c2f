import { flushLsnQuestion, streamingQuestion } from '@/lib/facts/streaming'
import { createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'

/** Whether the standby streams from the primary now, as the primary says. Throws POSTGRES_*, HOST_*. */
export async function isStreaming(context: CreateContext): Promise<boolean> {
  const { primary } = context.databases
  const [at] = await primary.query(flushLsnQuestion)
  const [row] = await primary.query(streamingQuestion, [createNames(context).stream, String(at?.lsn)])
  return row?.state === 'streaming'
}

/** A step of a costlier way: not needed where the standby streams already. */
export function unlessStreaming<C extends CreateContext>(step: Step<C>): Step<C> {
  return {
    ...step,
    async check(context, io) {
      if (await isStreaming(context))
        return { done: true, sentence: `Not needed: ${context.hosts.standby.name} streams.` }
      return await step.check(context, io)
    },
  }
}
