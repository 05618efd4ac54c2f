import { controlData } from '@/lib/commands/postgres-server'
import { formatBytes } from '@/lib/domain/format-bytes'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { parseControlData } from '@/lib/facts/control-data'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'

/** How long the standby is waited for: what a stopped primary sent is on its way already. */
const waitMs = 10_000

/** Bytes up to the fenced primary's last checkpoint that the standby lacks; at most 0 when it has all. */
async function readMissing({ doors, databases }: PromoteContext, layout: PostgresLayout): Promise<number> {
  const control = controlData(layout, layout.dataDirectory)
  const { checkpointLsn } = parseControlData(
    (await doors.primary.runOrThrow(control, { timeoutMs: 15_000 })).stdout,
  )
  const [row] = await databases.standby.query(
    'select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as lsn',
  )
  // The checkpoint's record begins there: a standby that has it is beyond.
  return lsnDistanceBytes(checkpointLsn, String(row?.lsn ?? '0/0')) + 1
}

/** Whether the standby has everything up to the fenced primary's shutdown checkpoint: then nothing of the database is lost. */
export function receiveRest({ hosts }: PromoteBasis, layout: PostgresLayout): Step<PromoteContext> {
  return {
    planned: {
      id: 'receive-rest',
      title: `See how much of ${hosts.primary.name}’s WAL ${hosts.standby.name} has`,
      host: 'standby',
      preview: [
        {
          kind: 'note',
          text: `The last checkpoint of the fenced primary (pg_controldata) against the standby’s received LSN; waits up to ${waitMs / 1000} s.`,
        },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 1,
    },
    async check({ databases }) {
      const [row] = await databases.standby.query('select pg_is_in_recovery() as recovering')
      return row?.recovering === true
        ? { done: false }
        : { done: true, sentence: `${hosts.standby.name} is promoted already: nothing more is received.` }
    },
    async run(context, { signal }) {
      const { clock } = context
      await awaitFactFor(
        { signal, everyMs: 50, waitMs, clock },
        async () => (await readMissing(context, layout)) <= 0,
      )
    },
    async verify(context) {
      const missing = await readMissing(context, layout)
      return missing <= 0
        ? `${hosts.standby.name} has everything that ${hosts.primary.name} wrote: nothing of the database is lost.`
        : `${hosts.standby.name} lacks ${formatBytes(missing)} of WAL that ${hosts.primary.name} wrote; it stays in the data directory there.`
    },
  }
}
