import { lsnDistanceBytes } from '@/lib/domain/lsn'
import type { SwitchoverContext } from '@/lib/operations/switchover/basis'

/**
 * Bytes up to and with the shutdown checkpoint of a stopped primary, its very last record, that the standby has not received; at most 0
 * when it has all: the proof that nothing is lost.
 */
export async function missingBytes(
  { databases }: Pick<SwitchoverContext, 'databases'>,
  checkpointLsn: string,
): Promise<number> {
  const [row] = await databases.standby.query(
    'select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as lsn',
  )
  // The checkpoint's record begins there: a standby that has it is beyond.
  return lsnDistanceBytes(checkpointLsn, String(row?.lsn ?? '0/0')) + 1
}
