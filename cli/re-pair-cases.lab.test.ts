import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { CliPair, succeeds } from '@/test/harness/cli-pair'

const unit = 'postgresql@15-main'
const data = '/var/lib/postgresql/15/main'
const programs = '/usr/lib/postgresql/15/bin'
const slotMegabytes = 64

let pair: CliPair
/** db1 is the primary, with a slot that holds back little. */
beforeAll(async () => {
  pair = await CliPair.create(['--slot-wal-segments', String(slotMegabytes / 16), '--wal-keep-segments', '2'])
})
afterAll(() => pair?.dispose())

const host = (index: number) => pair.lab.host(index)
const planOf = async () => (await pair.cli.run(['plan', 're-pair'])).stdout
const startRePair = () => pair.cli.run(['re-pair', '--yes', '--reason', 'It shall stand by again.'])
const rePair = async () => succeeds(await startRePair())
const slots = (index: number) =>
  host(index).sql('select slot_name, active, wal_status from pg_replication_slots')
const stopStandby = async () => {
  await host(1).exec(`systemctl stop ${unit}`)
  await pair.untilState('disconnected')
}

test('a slot that somebody dropped while the standby was stopped is made again, and starting is enough', async () => {
  await pair.untilState('protected')
  await stopStandby()
  await host(0).sql('select pg_drop_replication_slot(slot_name) from pg_replication_slots')
  expect(await planOf()).toMatch(/starting it is enough/)
  await rePair()
  await pair.awaitFollows(1, 0)
  expect(await slots(0)).toMatch(/^understudy_\S+\|t\|reserved$/)
})

test('a standby whose slot was lost with WAL that it needs gets a copy, and a slot that holds again', async () => {
  await stopStandby()
  await host(0).sql(
    `create table filler (line text); insert into filler select repeat('x', 1000) from generate_series(1, ${slotMegabytes * 3_000})`,
  )
  await awaitFact('WAL that is gone', async () => {
    await host(0).sql('checkpoint')
    return (await slots(0)).endsWith('|lost')
  })
  await pair.untilState('standby-lost')
  expect(await planOf()).toMatch(/has none before .+: its data is copied anew/)
  await rePair()
  await pair.awaitFollows(1, 0)
  expect(await slots(0)).toMatch(/\|t\|reserved$/)
})

test('data of another cluster are refused, and not touched', async () => {
  await stopStandby()
  await host(1).exec(`mv ${data} ${data}.ours && runuser -u postgres -- ${programs}/initdb -k -D ${data}`)
  const sums = () => host(1).exec(`find ${data} -type f -exec sha256sum {} + | sort`)
  const before = await sums()
  expect(await planOf()).toMatch(/holds another server’s data \(system identifier \d+\): it is not touched/)
  const refused = await startRePair()
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toMatch(/another server’s data/)
  expect(await sums()).toBe(before)
  await host(1).exec(`rm -r ${data} && mv ${data}.ours ${data} && systemctl start ${unit}`)
  await pair.untilState('protected')
})

describe('an old primary that has gone on after its standby was promoted', () => {
  /** The host, which was the primary, is back with rows that the new one has not, and fenced. */
  async function turnRound({ from, to }: { from: number; to: number }, rows: number, isKilled: boolean) {
    await host(from).kill()
    await pair.untilState('no-primary')
    const words = `promote ${host(to).name} and accept the loss`
    await pair.cli.run(['promote', '--yes', '--reason', 'It is dead.', '--accept-loss', words])
    await host(from).boot()
    await pair.untilState('two-primaries')
    await host(from).exec(`systemctl start ${unit} && systemctl stop ledger`)
    await host(from).sql(`create table beyond as select repeat('y', 500) from generate_series(1, ${rows})`)
    if (isKilled) await host(from).killPostgres()
    succeeds(await pair.cli.run(['fence', '--yes', '--reason', 'It is back.']))
    await pair.untilState('unprotected')
    expect(await planOf()).toMatch(/discarded by a rewind/)
  }

  /** Begins the re-pair of a host and runs a command there while it is rewound, which the link makes last. Resolves to the re-pair. */
  async function inRewind(index: number, command: string) {
    const hurry = await host(index).slowLink(8_000)
    const repairing = startRePair()
    await awaitFact(
      'the rewind at work',
      async () => (await host(index).tryExec('pgrep -x pg_rewind')).exitCode === 0,
      { timeoutMs: 60_000 },
    )
    await host(index).exec(command)
    await hurry()
    return { repairing }
  }

  test('and was killed in the middle of it recovers first, and is rewound', async () => {
    await turnRound({ from: 0, to: 1 }, 100, true)
    expect(await host(0).exec(`${programs}/pg_controldata -D ${data} | grep state`)).toMatch(/in production/)
    const done = await rePair()
    expect(done.stdout).toMatch(/did not stop cleanly \(in production\): it recovers first/)
    await pair.awaitFollows(0, 1)
    expect(await host(0).sql("select to_regclass('beyond') is null")).toBe('t')
  })

  test('and whose rewind is killed halfway gets a copy by itself', async () => {
    await turnRound({ from: 1, to: 0 }, 20_000, false)
    const { repairing } = await inRewind(1, 'pkill -KILL -x pg_rewind')
    const done = succeeds(await repairing)
    expect(done.stdout).toMatch(/The next step does it another way/)
    await pair.awaitFollows(1, 0)
    expect(await host(0).sql("select count(*) from pg_roles where rolname = 'understudy_rewind'")).toBe('0')
    expect(await host(1).sql("select to_regclass('beyond') is null")).toBe('t')
  })

  test('and whose re-pair is undone after the rewind keeps what was discarded, and is re-paired after all', async () => {
    await turnRound({ from: 0, to: 1 }, 20_000, false)
    const kept = () => host(0).exec(`ls -d ${data}.understudy-*-diverged | wc -l`)
    const before = Number(await kept())
    const { repairing } = await inRewind(0, 'systemctl stop cron')
    const failed = await repairing
    expect(failed.stderr).toContain('cron does not run on db1.')
    const { stdout } = await pair.cli.run(['operations', '--limit', '1', '-o', 'json'])
    const id = /"id":\s*"([^"]+)"/.exec(stdout)?.[1] ?? ''
    const undone = await pair.cli.run(['operations', 'undo', id, '--reason', 'not now'])
    expect(undone.stderr).toContain('was undone')
    expect(Number(await kept())).toBe(before + 1)
    await pair.untilState('unprotected')
    await host(0).exec('systemctl start cron')
    await rePair()
    await pair.awaitFollows(0, 1)
    expect(await host(0).sql("select to_regclass('beyond') is null")).toBe('t')
  })
})
