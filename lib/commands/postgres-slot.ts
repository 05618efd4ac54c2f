import { type SqlStatement, sql, sqlLiteral } from '@/lib/commands/sql'

/** A physical slot that holds WAL back from this moment on (PostgreSQL documentation 9.28.6). */
export const createSlot = (name: string): SqlStatement =>
  sql(`select pg_create_physical_replication_slot(${sqlLiteral(name)}, true)`)

/** Ends who uses the slot: a walsender whose receiver was killed may not have noticed yet. */
export const freeSlot = (name: string): SqlStatement =>
  sql(
    `select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = ${sqlLiteral(name)} and active_pid is not null`,
  )

/** Drops it where it is there and nobody uses it. */
export const dropSlot = (name: string): SqlStatement =>
  sql(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${sqlLiteral(name)} and not active`,
  )

/** Rows `type`, `active`, `wal_status` (null before PostgreSQL 13). `$1`: the slot's name. */
export const slotQuestion = `select slot_type as type, active, to_jsonb(s) ->> 'wal_status' as wal_status
from pg_replication_slots s where slot_name = $1`

/** Row `address` of who receives from the slot, empty where nobody does; no row where there is no slot. `$1`: the slot's name. */
export const slotHolderQuestion = `select coalesce(host(r.client_addr), case when s.active then 'an unknown address' end, '') as address
from pg_replication_slots s left join pg_stat_replication r on r.pid = s.active_pid where s.slot_name = $1`
