import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { awaitFact } from '@/lab/await-fact'
import type { LabHost } from '@/lab/lab-host'

/** Two hosts that stream, in the roles before: `standby` is to become the primary. */
export type BenchPair = {
  readonly primary: LabHost
  readonly standby: LabHost
  /** What is to be closed after the trial. */
  readonly closers: (() => Promise<void>)[]
}

export type Figures = {
  /** Longest time between two acknowledged rows around the switch: what a client could not write. */
  readonly gapMs: number
  /** From the command until the old primary streams from the new one. */
  readonly streamingMs: number
  /** Acknowledged rows that the new primary has not. */
  readonly lost: number
}

const asPostgres = { user: 'postgres' }
/** What the machine with the clients is to the hosts. */
const gatewayOf = (host: LabHost) => host.address.replace(/\d+$/, '1')
const warmUpRows = 200

/** The client's role and table, and who may sign in; on both hosts, for roles are exchanged. */
export async function furnishBench({ primary, standby }: BenchPair): Promise<void> {
  for (const host of [primary, standby])
    await host.exec(
      `sed -i '1i host ledger bench ${gatewayOf(host)}/32 trust' /etc/postgresql/15/main/pg_hba.conf && systemctl reload postgresql@15-main`,
    )
  await primary.sql(
    `create role bench login superuser; create table written (id int primary key, at timestamptz default clock_timestamp())`,
  )
  await primary.exec('/usr/lib/postgresql/15/bin/pgbench -q -i -s 20 ledger >/dev/null 2>&1', asPostgres)
  await awaitFact(
    'the table on the standby',
    async () =>
      (await standby.sql(
        "select to_regclass('pgbench_history') is not null and to_regclass('written') is not null",
      )) === 't',
  )
}

/** About 500 transactions a second beside the writing client, until their server stops. */
const startLoad = ({ primary }: BenchPair) =>
  primary.exec(
    '(/usr/lib/postgresql/15/bin/pgbench -n -R 500 -c 8 -T 600 ledger) >/dev/null 2>&1 </dev/null &',
    asPostgres,
  )

type Acknowledged = { readonly id: number; readonly at: number }

class WritingClient {
  readonly acknowledged: Acknowledged[] = []
  readonly #process: ChildProcess

  constructor(addresses: readonly string[]) {
    const program = fileURLToPath(new URL('writing-client.ts', import.meta.url))
    this.#process = spawn(process.execPath, ['--import', 'tsx', program, ...addresses], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let rest = ''
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [id, at] = line.split(' ').map(Number)
        if (id !== undefined && at !== undefined) this.acknowledged.push({ id, at })
      }
    })
  }

  /** Resolves once so many more rows are acknowledged. */
  async awaitRows(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count
    await awaitFact(`${wanted} acknowledged rows`, () => this.acknowledged.length >= wanted, {
      timeoutMs: 60_000,
    })
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return
    this.#process.stdin?.end()
    await once(this.#process, 'exit')
  }
}

function longestGap(rows: readonly Acknowledged[], since: number): number {
  let longest = 0
  for (const [index, { at }] of rows.entries()) {
    const before = rows[index - 1]
    if (before && at >= since) longest = Math.max(longest, at - before.at)
  }
  return longest
}

const streamsFrom = async (old: LabHost, { address }: LabHost): Promise<boolean> =>
  (
    await old.tryExec(
      `psql -qAtX -c "select 1 from pg_stat_wal_receiver where status = 'streaming' and sender_host = '${address}'" postgres`,
      asPostgres,
    )
  ).stdout.trim() === '1'

/** One switch over under a writing client; `switchOver` begins it and resolves when its command has ended. */
export async function measure(pair: BenchPair, switchOver: () => Promise<void>): Promise<Figures> {
  const { primary, standby } = pair
  await startLoad(pair)
  const client = new WritingClient([primary.address, standby.address])
  try {
    await client.awaitRows(warmUpRows)
    const begunAt = Date.now()
    const streams = awaitFact('the old primary streams', () => streamsFrom(primary, standby), {
      timeoutMs: 120_000,
      everyMs: 20,
    }).then(() => Date.now() - begunAt)
    const [, streamingMs] = await Promise.all([switchOver(), streams])
    await client.awaitRows(warmUpRows)
    await client.end()
    const there = new Set((await standby.sql('select id from written')).split('\n').map(Number))
    const lost = client.acknowledged.filter(({ id }) => !there.has(id)).length
    return { gapMs: longestGap(client.acknowledged, begunAt), streamingMs, lost }
  } finally {
    await client.end()
  }
}
