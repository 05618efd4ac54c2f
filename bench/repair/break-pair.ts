import { asPostgres, type BenchPair, binDirectory, dataDirectory, patient } from '@/bench/pair/bench-pair'
import type { Roles } from '@/bench/repair/measure'
import type { LabHost } from '@/lab/lab-host'
import type { RepairWay } from '@/lib/domain/repair-way'

/** How whoever re-pairs comes to have a former primary. */
export type Breaker = {
  /** The standby serves from then on; the primary's server is stopped in order, and whoever re-pairs knows. */
  readonly promote: (pair: Roles) => Promise<void>
  /** Does something by hand that somebody who looks would put right. */
  readonly unwatched: (act: () => Promise<void>) => Promise<void>
}

const written = { seconds: 5, perSecond: 500 }

const write = (host: LabHost) =>
  host.exec(
    `${binDirectory}/pgbench -n -R ${written.perSecond} -c 8 -T ${written.seconds} ledger >/dev/null 2>&1`,
    { ...asPostgres, ...patient },
  )

/** Its server is started again past its fence, and both are written to; then it is stopped in order. */
async function diverge({ primary, standby }: Roles): Promise<void> {
  const signal = `${dataDirectory}/standby.signal`
  await standby.exec(`[ ! -e ${signal} ] || mv ${signal} /root/signal`)
  await standby.startPostgres()
  await standby.sql('create table beyond as select generate_series(1, 1000) as line')
  await Promise.all([write(primary), write(standby)])
  await standby.stopPostgres()
  await standby.exec(`[ ! -e /root/signal ] || mv /root/signal ${signal}`)
}

/**
 * Breaks a pair that streams so that this way is the cheapest that is enough: its standby is stopped; its primary is stopped and its
 * standby promoted; and beyond that the former primary is written to on its own; or the standby's data are of no use. Returns who is to
 * follow whom.
 */
export async function breakPair(way: RepairWay, pair: BenchPair, breaker: Breaker): Promise<Roles> {
  const before = { primary: pair.primary, standby: pair.standby }
  const after = { primary: pair.standby, standby: pair.primary }
  if (way === 'start' || way === 'base-backup') {
    await pair.standby.stopPostgres()
    if (way === 'base-backup') await pair.standby.exec(`rm ${dataDirectory}/global/pg_control`)
    return before
  }
  await breaker.promote(before)
  if (way === 'rewind') await breaker.unwatched(() => diverge(after))
  return after
}
