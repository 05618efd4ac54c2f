import { formatBytes } from '@/lib/domain/format-bytes'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { SwitchoverBasis, SwitchoverContext } from '@/lib/operations/switchover/basis'
import { isShutDown, readShutdown } from '@/lib/operations/switchover/steps/stop-primary'

/** What a stopped primary sent is on its way: longer than this nobody is kept from writing. */
const waitMs = 10_000

/** Bytes of the shut down primary's last checkpoint that the standby has not received; at most 0 when it has all. */
async function missingBytes({ databases }: SwitchoverContext, checkpointLsn: string): Promise<number> {
  const [row] = await databases.standby.query(
    'select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as lsn',
  )
  // The checkpoint's record begins there: a standby that has it is beyond.
  return lsnDistanceBytes(checkpointLsn, String(row?.lsn ?? '0/0')) + 1
}

/** The proof that nothing is lost: the standby has the checkpoint with which the old primary was shut down, its very last record. */
export function receiveAll({ hosts: { primary, standby } }: SwitchoverBasis): Step<SwitchoverContext> {
  return {
    planned: {
      id: 'receive-all',
      title: `Prove that ${standby.name} has everything that ${primary.name} wrote`,
      host: 'standby',
      preview: [
        {
          kind: 'note',
          text: `The shutdown checkpoint of ${primary.name} (pg_controldata) against the received LSN of ${standby.name}; waits up to ${waitMs / 1_000} s.`,
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
        : { done: true, sentence: `${standby.name} is promoted already: it was proved before.` }
    },
    async run(context, { signal }) {
      const { clock } = context
      const { checkpointLsn } = await readShutdown(context)
      const hasAll = async () => (await missingBytes(context, checkpointLsn)) <= 0
      await awaitFactFor({ signal, everyMs: 2, waitMs, clock }, hasAll)
    },
    async verify(context) {
      const control = await readShutdown(context)
      if (!isShutDown(control))
        throw stepFailed(
          `PostgreSQL on ${primary.name} is “${control.clusterState}”, not shut down.`,
          'See who started it.',
        )
      const missing = await missingBytes(context, control.checkpointLsn)
      if (missing > 0)
        throw stepFailed(
          `${standby.name} lacks ${formatBytes(missing)} of what ${primary.name} wrote, up to its shutdown checkpoint ${control.checkpointLsn}.`,
          `See on ${standby.name} why it receives nothing; ${primary.name} has all of it.`,
        )
      return `${standby.name} has the shutdown checkpoint ${control.checkpointLsn} of ${primary.name}: nothing is lost.`
    },
  }
}
