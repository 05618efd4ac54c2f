import { sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteContext } from '@/lib/operations/promote/context'

export type StandbyNow = { readonly isRecovering: boolean; readonly timeline: number; readonly lsn: string }

/** The timeline that WAL is written on, or replayed from: a checkpoint later than what pg_control says. */
const question = `select pg_is_in_recovery() as recovering, c.system_identifier::text as id,
case when pg_is_in_recovery() then (select received_tli from pg_stat_wal_receiver) end as received_timeline,
(select timeline_id from pg_control_checkpoint()) as control_timeline,
case when pg_is_in_recovery() then null else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end as current_timeline,
coalesce(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0')::text as lsn
from pg_control_system() c`

/**
 * The host proves itself: the machine that was registered, and the PostgreSQL server that the plan was made for.
 * Throws WRONG_HOST otherwise.
 */
export async function proveStandby({
  doors,
  databases,
  hosts,
  layouts,
  facts,
}: PromoteContext): Promise<StandbyNow> {
  const [{ stdout }, [row]] = await Promise.all([
    doors.standby.ask(sh`cat /etc/machine-id`, { timeoutMs: 5_000 }),
    databases.standby.query(question),
  ])
  const machineId = answerOf(facts.standby.machine)?.machineId
  if (stdout.trim() !== machineId || row?.id !== layouts.standby.systemIdentifier)
    throw new AppError('WRONG_HOST', `${hosts.standby.name} is not the standby that the plan was made for.`, {
      fix: 'Find out what answers at its address, then plan again.',
      detail: `machine-id ${stdout.trim()}, expected ${machineId}; system identifier ${String(row?.id)}, expected ${layouts.standby.systemIdentifier}`,
    })
  const timeline = Math.max(
    Number(row.current_timeline ?? 0),
    Number(row.control_timeline ?? 0),
    row.recovering === true ? 0 : Number(row.received_timeline ?? 0),
  )
  return { isRecovering: row.recovering === true, timeline, lsn: String(row.lsn) }
}
