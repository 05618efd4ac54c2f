import pg from 'pg'
import { asPostgres, type BenchPair, binDirectory, dataDirectory, unit } from '@/bench/pair/bench-pair'

/**
 * The least that a switch over can be, by hand, with sessions and a shell open beforehand: two checkpoints, the postmaster told to stop,
 * its control file read until it says so, the standby's position compared, promoted, and the old primary started as a standby.
 */
export async function switchOverByHand({ primary, standby }: BenchPair): Promise<void> {
  const session = new pg.Client({ host: standby.address, user: 'bench', database: 'ledger' })
  await session.connect()
  const [first] = (await session.query<{ lsn: string }>('select 1 as lsn')).rows
  if (!first) throw new Error('the standby does not answer')
  const conninfo = `host=${standby.address} user=understudy_repl application_name=understudy_ledger`
  await primary.exec(
    `psql -qX -c checkpoint -c checkpoint postgres
     printf "primary_conninfo = '%s'\\n" '${conninfo}' >>${dataDirectory}/postgresql.auto.conf; touch ${dataDirectory}/standby.signal`,
    asPostgres,
  )
  const stopped = await primary.exec(
    `kill -INT $(head -n 1 ${dataDirectory}/postmaster.pid)
     until ${binDirectory}/pg_controldata -D ${dataDirectory} | grep -q 'state: *shut down$'; do sleep 0.001; done
     ${binDirectory}/pg_controldata -D ${dataDirectory} | sed -n 's/^Latest checkpoint location: *//p'`,
    asPostgres,
  )
  for (;;) {
    const { rows } = await session.query<{ has: boolean }>(
      'select pg_last_wal_receive_lsn() > $1::pg_lsn as has',
      [stopped.trim()],
    )
    if (rows[0]?.has) break
  }
  for (let sentAt = 0; ; ) {
    if (Date.now() - sentAt > 50) {
      sentAt = Date.now()
      await session.query('select pg_promote(false)')
    }
    const { rows } = await session.query<{ over: boolean }>('select not pg_is_in_recovery() as over')
    if (rows[0]?.over) break
  }
  await session.end()
  await primary.exec(`systemctl stop ${unit}; systemctl start ${unit}`)
}
