import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { readFence } from '@/lib/operations/read-fence'
import { stepFailed } from '@/lib/operations/step-failed'

/** A receiver that lost its primary tries again every wal_retrieve_retry_interval, 5 s by default (PostgreSQL documentation 20.6.3). */
const waitMs = 12_000

/** Whether the standby's receiver runs; null once it is no standby any more. */
async function isReceiving({ databases }: PromoteContext): Promise<boolean | null> {
  const [row] = await databases.standby.query(
    `select pg_is_in_recovery() as recovering, exists (select from pg_stat_wal_receiver where status = 'streaming') as streaming`,
  )
  return row?.recovering === true ? row.streaming === true : null
}

/**
 * Before a primary that answers is stopped, its standby has to be receiving: a primary that is stopped while the receiver waits for
 * its next try takes what it wrote meanwhile with it. Where the plan saw it receive, it must; where it did not, the loss was told.
 */
export function awaitStream(basis: PromoteBasis, layout: PostgresLayout): Step<PromoteContext> {
  const { hosts, facts } = basis
  const { primary, standby } = hosts
  const received = answerOf(facts.standby.server)?.receiverStatus === 'streaming'
  const isPast = async (context: PromoteContext) =>
    (await isReceiving(context)) === null || !(await readFence(context.doors.primary, layout)).isRunning
  const past = `PostgreSQL on ${primary.name} does not write any more: nothing is waited for.`
  return {
    planned: {
      id: 'await-stream',
      title: `See that ${standby.name} receives what ${primary.name} writes`,
      host: 'standby',
      preview: [
        { kind: 'sql', text: 'select status from pg_stat_wal_receiver' },
        { kind: 'note', text: `Waits up to ${waitMs / 1000} s for “streaming”.` },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 1,
    },
    async check(context) {
      return (await isPast(context)) ? { done: true, sentence: past } : { done: false }
    },
    async run(context, { signal }) {
      const { clock } = context
      await awaitFactFor(
        { signal, everyMs: 100, waitMs, clock },
        async () => (await isReceiving(context)) !== false,
      )
    },
    async verify(context) {
      if (await isReceiving(context)) return `${standby.name} receives WAL from ${primary.name}.`
      if (await isPast(context)) return past
      if (received)
        throw stepFailed(
          `${standby.name} stopped receiving WAL from ${primary.name} after the plan was made: stopping it now would lose what it writes.`,
          'See why on the pair’s page. Then resume, or undo and plan anew: the new plan says what would be lost.',
        )
      return `${standby.name} does not receive WAL from ${primary.name}, as when the plan was made: what is missing is lost, as was told.`
    },
  }
}
