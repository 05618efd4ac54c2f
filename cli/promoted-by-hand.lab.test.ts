import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { PairState } from '@/lib/domain/states'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

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

async function verdictNow() {
  const pair = await dashboard.wiring.store.pairs.findBySlug('ledger')
  return pair && (await dashboard.wiring.store.observations.latest(pair.id))?.verdict
}
const untilState = (state: PairState) =>
  awaitFact(state, async () => (await verdictNow())?.state === state, { timeoutMs: 90_000 })
const nextAction = async () => (await verdictNow())?.nextAction.action
const rePair = () => cli.run(['re-pair', '--yes', '--reason', 'It shall stand by.'])
const applicationOf = async (index: number) =>
  (await lab.host(index).tryExec('systemctl is-active ledger; systemctl is-enabled ledger')).stdout
    .trim()
    .replace('\n', ' ')
const fine = { exitCode: 0, stderr: expect.stringContaining('succeeded') }

async function expectPair(primary: number, standby: number): Promise<void> {
  await untilState('protected')
  expect(await lab.host(standby).sql('select status, sender_host from pg_stat_wal_receiver')).toBe(
    `streaming|${lab.host(primary).address}`,
  )
  expect(await applicationOf(primary)).toBe('active enabled')
  expect(await applicationOf(standby)).toBe('inactive disabled')
  const mark = `by-${primary}`
  await lab.host(primary).exec(`echo ${mark} > /srv/ledger/vault/${mark}`)
  await awaitFact(
    'the file on the standby',
    async () => (await lab.host(standby).tryExec(`cat /srv/ledger/vault/${mark}`)).stdout.includes(mark),
    { timeoutMs: 90_000 },
  )
  expect((await lab.host(primary).tryExec('ls /etc/cron.d/understudy-ledger')).exitCode).not.toBe(0)
}

test('with the primary stopped, the standby that somebody promoted serves, and the other host is made its standby', async () => {
  await untilState('protected')
  await lab.host(0).stopPostgres()
  await lab.host(1).sql('select pg_promote()')
  await untilState('unprotected')
  expect(await nextAction()).toBe('re-pair')
  expect((await cli.run(['plan', 're-pair'])).stdout).toContain('Start the application on db2')
  expect(await rePair()).toMatchObject(fine)
  await expectPair(1, 0)
})

test('of two primaries nobody is fenced before its name is typed', async () => {
  await lab.host(0).sql('select pg_promote()')
  await untilState('two-primaries')
  expect(await nextAction()).toBe('fence')
  const refused = await cli.run(['fence', '--yes', '--reason', 'Two of them write.'])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('fence db1')
  for (const index of [0, 1]) expect(await lab.host(index).sql('select pg_is_in_recovery()')).toBe('f')
})

test('the one that was the standby is fenced, keeps what it wrote aside, and follows again', async () => {
  await lab.host(0).sql("create table beyond as select 'kept aside' as what")
  const words = ['--type-words', 'fence db1']
  expect(await cli.run(['fence', '--yes', '--reason', 'db2 serves.', ...words])).toMatchObject(fine)
  await untilState('unprotected')
  expect(await nextAction()).toBe('re-pair')
  expect(await rePair()).toMatchObject(fine)
  await expectPair(1, 0)
  expect(await lab.host(1).sql("select to_regclass('beyond') is null")).toBe('t')
})

test('the one that was the primary is fenced, the other one serves from then on, and the roles are exchanged', async () => {
  await lab.host(0).sql('select pg_promote()')
  await untilState('two-primaries')
  const words = ['--host', 'primary', '--type-words', 'fence db2']
  expect(await cli.run(['fence', '--yes', '--reason', 'db1 shall serve.', ...words])).toMatchObject(fine)
  await untilState('unprotected')
  expect(await applicationOf(0)).toBe('active enabled')
  expect(await nextAction()).toBe('re-pair')
  expect(await rePair()).toMatchObject(fine)
  await expectPair(0, 1)
})

test('roles that somebody exchanged in order are taken as they are, and the files flow the right way', async () => {
  await lab.host(0).stopPostgres()
  await lab.host(1).sql('select pg_promote()')
  const { address } = lab.host(1)
  const data = '/var/lib/postgresql/15/main'
  await lab
    .host(1)
    .exec(
      `sed -i '1i host replication all ${lab.host(0).address}/32 trust' /etc/postgresql/15/main/pg_hba.conf && systemctl reload postgresql@15-main`,
    )
  await lab
    .host(0)
    .exec(
      `echo "primary_conninfo = 'host=${address} user=postgres'" >> ${data}/postgresql.auto.conf; runuser -u postgres -- touch ${data}/standby.signal`,
    )
  await lab.host(0).startPostgres()
  await untilState('degraded')
  expect(await nextAction()).toBe('re-pair')
  expect(await rePair()).toMatchObject(fine)
  await expectPair(1, 0)
})
