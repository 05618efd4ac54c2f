import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { CliPair, succeeds } from '@/test/harness/cli-pair'

const unit = 'postgresql@15-main'
const data = '/var/lib/postgresql/15/main'

let pair: CliPair
beforeAll(async () => {
  pair = await CliPair.create()
})
afterAll(() => pair?.dispose())

const rePair = async () =>
  succeeds(await pair.cli.run(['re-pair', '--yes', '--reason', 'It shall stand by again.']))
const planOf = async () => (await pair.cli.run(['plan', 're-pair'])).stdout
const promote = async (standby: string) => {
  const words = `promote ${standby} and accept the loss`
  const { exitCode } = await pair.cli.run(['promote', '--yes', '--reason', 'A test.', '--accept-loss', words])
  expect(exitCode).toBe(5)
}
/** The host follows `primary`, with its files and with what is written now. */
async function expectFollows(standby: number, primary: number): Promise<void> {
  await pair.awaitFollows(standby, primary)
  await pair.lab.host(primary).sql('create table if not exists marks (); insert into marks default values')
  const marks = await pair.lab.host(primary).sql('select count(*) from marks')
  await awaitFact(
    'the row on the standby',
    async () => (await pair.lab.host(standby).sql('select count(*) from marks')) === marks,
  )
}

test('after a promotion the clean old primary follows by its own data, and its files flow the other way', async () => {
  await pair.untilState('protected')
  await promote('db2')
  await pair.untilState('unprotected')
  expect(await planOf()).toMatch(/db1 only has to follow/)
  const done = await rePair()
  await expectFollows(0, 1)
  expect(done.stderr).toContain('re-pairing of ledger succeeded')
})

test('a standby that is stopped is only started', async () => {
  await pair.lab.host(0).exec(`systemctl stop ${unit}`)
  await pair.untilState('disconnected')
  expect(await planOf()).toMatch(/starting it is enough/)
  await rePair()
  await expectFollows(0, 1)
})

test('a standby whose data are damaged gets a copy, and what it had is kept aside', async () => {
  await pair.lab.host(0).exec(`systemctl stop ${unit}; rm ${data}/global/pg_control`)
  await pair.untilState('disconnected')
  expect(await planOf()).toMatch(/copied anew/)
  await rePair()
  await expectFollows(0, 1)
  expect(await pair.lab.host(0).exec(`ls -d ${data}.understudy-*`)).toMatch(/main\.understudy-[0-9a-f]{8}/)
})

test('roles go back and forth: the host that was paired again takes over, and the other one follows it', async () => {
  await promote('db1')
  await pair.untilState('unprotected')
  await rePair()
  await expectFollows(1, 0)
})

test('an old primary that wrote beyond the fork is rewound, and what is discarded is named and kept', async () => {
  await pair.lab.host(0).kill()
  await pair.untilState('no-primary')
  await promote('db2')
  await pair.lab.host(0).boot()
  await pair.untilState('two-primaries')
  await awaitFact('the end of its start', async () =>
    (await pair.lab.host(0).tryExec(`systemctl is-active ${unit}`)).stdout.startsWith('active'),
  )
  await pair.lab.host(0).sql("create table lost (what text); insert into lost values ('one'), ('two')")
  await pair.lab.host(0).exec(`echo "work_mem = '5MB'" > /etc/postgresql/15/main/conf.d/own.conf`)
  succeeds(await pair.cli.run(['fence', '--yes', '--reason', 'It is back.']))
  await pair.untilState('unprotected')
  expect(await planOf()).toMatch(/discarded by a rewind/)
  const done = await rePair()
  expect(done.stdout).toMatch(/committed transactions/)
  await expectFollows(0, 1)
  expect(await pair.lab.host(0).sql("select to_regclass('lost') is null")).toBe('t')
  expect(await pair.lab.host(0).sql('show work_mem')).toBe('5MB')
  expect(await pair.lab.host(0).exec(`ls ${data}.understudy-*-diverged/pg_wal`)).toMatch(/^[0-9A-F]{24}$/m)
  expect(
    await pair.lab.host(1).sql("select count(*) from pg_roles where rolname = 'understudy_rewind'"),
  ).toBe('0')
})
