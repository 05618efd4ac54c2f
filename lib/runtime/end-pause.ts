import { isBlocking } from '@/lib/domain/preflight'
import { asUnderstudy } from '@/lib/runtime/as-understudy'
import { createResumeOwn } from '@/lib/runtime/resume-own'
import type { WorkerLog } from '@/lib/runtime/worker-operations'
import type { ServiceContext } from '@/lib/services/context'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { readPair } from '@/lib/services/pairs/read-pair'

/**
 * Ends a pause whose time has come, as an operator would, but by itself: told again and again while it lasts, it begins as soon as no
 * check stands against it, and resumes what it began where that failed. The same pause is ended once, whichever workers see it; what
 * an operator took back stays theirs. Never rejects; resolves when it has looked.
 */
export function createEndPause(
  ground: Omit<ServiceContext, 'actor' | 'origin'>,
  log: WorkerLog,
): (slug: string, pauseId: string) => Promise<void> {
  const context = asUnderstudy(ground)
  const reason = 'The time of the pause is over.'
  const resumeStanding = createResumeOwn(context, { kind: 'resume', reason })
  /** Asked first: a start that is refused for hours would fill the audit. */
  const isClear = async (slug: string) => {
    const { actions } = await readPair(context, { slug })
    if (!actions.some(({ action, allowed }) => action === 'resume' && allowed)) return false
    const { checks } = await planPairOperation(context, { slug, operation: 'resume' })
    return !isBlocking(checks)
  }
  const end = async (slug: string, pauseId: string) => {
    if ((await resumeStanding(slug)) || !(await isClear(slug))) return
    const idempotencyKey = `pause over ${pauseId}`
    await startPairOperation(context, { slug, operation: 'resume', reason, idempotencyKey })
  }
  const busy = new Set<string>()
  return async (slug, pauseId) => {
    if (busy.has(pauseId)) return
    busy.add(pauseId)
    try {
      await end(slug, pauseId)
    } catch (err) {
      log.warn({ err, pair: slug }, 'a pause whose time is over could not be ended by itself yet')
    } finally {
      busy.delete(pauseId)
    }
  }
}
