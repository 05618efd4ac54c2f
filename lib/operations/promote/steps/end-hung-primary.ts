import { setTimeout as sleep } from 'node:timers/promises'
import { toPreview } from '@/lib/commands/command'
import { killPostgres, startPostgres } from '@/lib/commands/postgres-server'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { hasCode } from '@/lib/errors'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { killServer } from '@/lib/operations/promote/steps/stop-or-kill'
import { readFence } from '@/lib/operations/read-fence'
import { stepFailed } from '@/lib/operations/step-failed'

/** Whether the plan found the primary's PostgreSQL running and without an answer: a stop in order would wait for it without end. */
export const isHung = ({
  primary,
  primaryAtRest,
}: Pick<PromoteFacts, 'primary' | 'primaryAtRest'>): boolean =>
  primaryAtRest?.isRunning === true &&
  !primary.server.seen &&
  primary.server.why.code === 'POSTGRES_TIMED_OUT'

/** How long it is waited for once more: the plan and the proof of the step have waited already. */
const patienceMs = 2_000

/** Asks it once more; any answer counts, a refusal too. */
async function answers({ databases }: PromoteContext): Promise<boolean> {
  const asking = databases.primary.query('select 1').then(() => true)
  try {
    return await Promise.race([asking, sleep(patienceMs, false, { ref: false })])
  } catch (error) {
    if (hasCode(error, 'POSTGRES_TIMED_OUT', 'POSTGRES_DOWN')) return false
    if (hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_AUTH_FAILED', 'POSTGRES_QUERY_FAILED')) return true
    throw error
  }
}

/**
 * A server that hangs is killed before anything else is done there: an application that waits for it does not stop either. Whatever
 * starts it again before the fence starts the primary that it was, and the fence stops that in order.
 */
export function endHungPrimary(basis: PromoteBasis, layout: PostgresLayout): Step<PromoteContext> {
  const { name } = basis.hosts.primary
  const isRunning = async (context: PromoteContext) =>
    (await readFence(context.doors.primary, layout)).isRunning
  return {
    planned: {
      id: 'end-hung-primary',
      title: `Kill PostgreSQL on ${name}, which runs and does not answer`,
      host: 'primary',
      preview: [
        {
          kind: 'note',
          text: 'It is asked once more: if it answers by then, nothing is killed. What was committed is in its WAL.',
        },
        { kind: 'command', text: toPreview(killPostgres(layout)) },
      ],
      undo: 'undo',
      undoSentence: `Starts PostgreSQL on ${name} as the primary again.`,
      irreversible: false,
      timeoutMs: 420_000,
      attemptsMax: 2,
    },
    prove: proveOldPrimary(basis, layout),
    async check(context) {
      return (await isRunning(context))
        ? { done: false }
        : { done: true, sentence: `PostgreSQL on ${name} does not run any more.` }
    },
    async run(context, { output }) {
      if (await answers(context)) output(`PostgreSQL on ${name} answers again: it is stopped in order.`)
      else await killServer(context, layout)
      await context.databases.primary.close()
    },
    async verify(context) {
      if (!(await isRunning(context))) return `PostgreSQL on ${name} was killed: it did not answer.`
      if (await answers(context)) return `PostgreSQL on ${name} runs and answers.`
      throw stepFailed(
        `PostgreSQL on ${name} can’t be killed: the kernel does not let go of it, as on a disk that hangs.`,
        `Switch ${name} off. Then close this operation and plan the promotion anew: the new plan goes without it.`,
      )
    },
    async undo(context, { signal }) {
      const { doors, databases } = context
      if (await isRunning(context)) return `PostgreSQL on ${name} runs, as it did.`
      await doors.primary.runOrThrow(startPostgres(layout), { timeoutMs: 330_000, signal })
      await awaitAnswer(databases.primary, signal, () => isRunning(context))
      return `PostgreSQL on ${name} runs as the primary again.`
    },
  }
}
