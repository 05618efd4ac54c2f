import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { PairState } from '@/lib/domain/states'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

const unit = 'postgresql@15-main'
const data = '/var/lib/postgresql/15/main'

let lab: Lab
let dashboard: LabDashboard
let cli: TestCli
beforeAll(async () => {
  lab = await startLab({ hostNames: ['db1', 'db2'] })
  dashboard = await LabDashboard.open()
  cli = cliOf(dashboard.wiring.environment)
  for (const host of lab.hosts) await dashboard.registerHost(host)
  await dashboard.startWorker()
  const created = await cli.run([
    ...['create', 'ledger', '--profile', 'generic-debian', '--yes', '--reason', 'A standby is wanted.'],
    ...['--primary', 'db1', '--standby', 'db2', '--type-name', 'db2', '--agree-restart'],
  ])
  expect(created).toMatchObject({ exitCode: 0 })
})
afterAll(async () => {
  await dashboard?.close()
  await lab?.down()
})

const untilState = (state: PairState) =>
  awaitFact(
    state,
    async () => {
      const pair = await dashboard.wiring.store.pairs.findBySlug('ledger')
      return pair && (await dashboard.wiring.store.observations.latest(pair.id))?.verdict.state === state
    },
    { timeoutMs: 60_000 },
  )
/** With what it said, so that a failure says why. */
const fine = { exitCode: 0, stderr: expect.stringContaining('succeeded') }
const rePair = () => cli.run(['re-pair', '--yes', '--reason', 'It shall stand by again.'])
const planOf = async () => (await cli.run(['plan', 're-pair'])).stdout
const promote = async (standby: string) => {
  const words = `promote ${standby} and accept the loss`
  const { exitCode } = await cli.run(['promote', '--yes', '--reason', 'A test.', '--accept-loss', words])
  expect(exitCode).toBe(5)
}
/** Rows that the host has, and whether it follows `primary`. */
async function expectFollows(standby: number, primary: number): Promise<void> {
  await untilState('protected')
  const { address } = lab.host(primary)
  expect(await lab.host(standby).sql('select status, sender_host from pg_stat_wal_receiver')).toBe(
    `streaming|${address}`,
  )
  await lab.host(primary).sql('create table if not exists marks (); insert into marks default values')
  const marks = await lab.host(primary).sql('select count(*) from marks')
  await awaitFact(
    'the row on the standby',
    async () => (await lab.host(standby).sql('select count(*) from marks')) === marks,
  )
}

test('after a promotion the clean old primary follows by its own data, and its files flow the other way', async () => {
  await untilState('protected')
  await promote('db2')
  await untilState('unprotected')
  expect(await planOf()).toMatch(/db1 only has to follow/)
  const done = await rePair()
  expect(done).toMatchObject(fine)
  await expectFollows(0, 1)
  expect(done.stderr).toContain('re-pairing of ledger succeeded')
  await lab.host(1).exec('echo turned > /srv/ledger/vault/turned')
  await awaitFact(
    'the file on the new standby',
    async () => (await lab.host(0).tryExec('cat /srv/ledger/vault/turned')).stdout.includes('turned'),
    { timeoutMs: 90_000 },
  )
})

test('a standby that is stopped is only started', async () => {
  await lab.host(0).exec(`systemctl stop ${unit}`)
  await untilState('disconnected')
  expect(await planOf()).toMatch(/starting it is enough/)
  expect(await rePair()).toMatchObject(fine)
  await expectFollows(0, 1)
})

test('a standby whose data are damaged gets a copy, and what it had is kept aside', async () => {
  await lab.host(0).exec(`systemctl stop ${unit}; rm ${data}/global/pg_control`)
  await untilState('disconnected')
  expect(await planOf()).toMatch(/copied anew/)
  expect(await rePair()).toMatchObject(fine)
  await expectFollows(0, 1)
  expect(await lab.host(0).exec(`ls -d ${data}.understudy-*`)).toMatch(/main\.understudy-[0-9a-f]{8}/)
})

test('roles go back and forth: the host that was paired again takes over, and the other one follows it', async () => {
  await promote('db1')
  await untilState('unprotected')
  expect(await rePair()).toMatchObject(fine)
  await expectFollows(1, 0)
})

test('an old primary that wrote beyond the fork is rewound, and what is discarded is named and kept', async () => {
  await lab.host(0).kill()
  await untilState('no-primary')
  await promote('db2')
  await lab.host(0).boot()
  await untilState('two-primaries')
  await awaitFact('the end of its start', async () =>
    (await lab.host(0).tryExec(`systemctl is-active ${unit}`)).stdout.startsWith('active'),
  )
  await lab.host(0).sql("create table lost (what text); insert into lost values ('one'), ('two')")
  await lab.host(0).exec(`echo "work_mem = '5MB'" > /etc/postgresql/15/main/conf.d/own.conf`)
  expect(await cli.run(['fence', '--yes', '--reason', 'It is back.'])).toMatchObject(fine)
  await untilState('unprotected')
  expect(await planOf()).toMatch(/discarded by a rewind/)
  const done = await rePair()
  expect(done).toMatchObject(fine)
  expect(done.stdout).toMatch(/committed transactions/)
  await expectFollows(0, 1)
  expect(await lab.host(0).sql("select to_regclass('lost') is null")).toBe('t')
  expect(await lab.host(0).sql('show work_mem')).toBe('5MB')
  expect(await lab.host(0).exec(`ls ${data}.understudy-*-diverged/pg_wal`)).toMatch(/^[0-9A-F]{24}$/m)
  expect(await lab.host(1).sql("select count(*) from pg_roles where rolname = 'understudy_rewind'")).toBe('0')
})
