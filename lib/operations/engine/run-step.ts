import { hasCode, isAway } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import {
  type Part,
  runAttempts,
  type StepOutcome,
  type StepRun,
  toStepError,
} from '@/lib/operations/engine/run-attempts'
import type { Step } from '@/lib/operations/engine/step'

/**
 * The sentence when the effect is there, else null. Where this operation itself began the step before, its check is not believed
 * alone: what verifies the effect must see it too, else the step is run again and does what was missed.
 */
async function findEffect<C>(
  step: Step<C>,
  context: C,
  part: Part,
  hasBegun: boolean,
): Promise<string | null> {
  const found = await part((io) => step.check(context, io))
  if (!found.done) return null
  if (!hasBegun) return found.sentence
  const isVerified = await part((io) => step.verify(context, io)).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'STEP_FAILED')) return false
      throw error
    },
  )
  return isVerified ? found.sentence : null
}

/**
 * This is the host, and it is still ours to act on; for a step that could do harm it also proves itself as that step asks. Both only
 * read, and are asked at once: somebody waits for a promotion to write again.
 */
async function proveHost<C>({ step, context, hold }: StepRun<C>, part: Part): Promise<string | null> {
  const { prove } = step
  const [, sentence] = await Promise.all([
    part(() => hold.prove(step.planned.host)),
    prove ? part((io) => prove(context, io)) : null,
  ])
  return sentence
}

/**
 * As `findEffect`. What this operation itself saw done, and can't look at now because a host is away, is believed: else nobody could go
 * on without that host, although nothing is left to do there.
 */
async function findOrRecall<C>(
  { step, context, wasDone, hasBegun }: StepRun<C> & { hasBegun: boolean; wasDone: boolean },
  part: Part,
  attempt: number,
): Promise<string | null> {
  try {
    return await findEffect(step, context, part, hasBegun || attempt > 1)
  } catch (error) {
    if (!wasDone || !isAway(error) || attempt < step.planned.attemptsMax) throw error
    return `It was done before, and can’t be looked at now: ${error.message}`
  }
}

/**
 * Runs one step: check, and where its effect is not there yet, the proof that this is the right host,
 * start (which registers its undo), run and verify. The end is written here, never by the step's author. `hasBegun` says that this
 * operation started it before, `wasDone` that it saw its effect. Throws only `LeftRunning`.
 */
export async function runStep<C>(
  given: StepRun<C> & { hasBegun: boolean; wasDone: boolean },
): Promise<StepOutcome> {
  const { step, context, writer } = given
  const stepId = step.planned.id
  try {
    await runAttempts(given, async (part, attempt) => {
      const sentence = await findOrRecall(given, part, attempt)
      if (sentence !== null) return writer.append({ type: 'step.skipped', stepId, sentence })
      const proof = await proveHost(given, part)
      await writer.append({ type: 'step.started', stepId, attempt })
      if (proof !== null) writer.output(stepId, proof)
      const seen = await part(async (io) => {
        await step.run(context, io)
        return step.verify(context, io)
      })
      await writer.append({ type: 'step.succeeded', stepId, sentence: seen })
    })
    return { ended: 'well' }
  } catch (error) {
    if (error instanceof LeftRunning) throw error
    const isCancelled = hasCode(error, 'CANCELLED')
    if (!isCancelled) given.onError(error, stepId)
    await writer.append({ type: 'step.failed', stepId, error: toStepError(error) })
    return isCancelled ? { ended: 'cancelled' } : { ended: 'failed', error: toStepError(error) }
  }
}
