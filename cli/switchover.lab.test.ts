import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { PairState } from '@/lib/domain/states'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { refusePort } from '@/test/harness/preflight-faults/fault'
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

const untilState = (state: PairState) =>
  awaitFact(
    state,
    async () => {
      const pair = await dashboard.wiring.store.pairs.findBySlug('ledger')
      return pair && (await dashboard.wiring.store.observations.latest(pair.id))?.verdict.state === state
    },
    { timeoutMs: 90_000 },
  )
const switchOver = (to: string) =>
  cli.run(['switchover', '--yes', '--reason', 'Maintenance.', '--type-words', `switch over to ${to}`])
/** Every row that the application has written; it is stopped, so that none is added. */
const rowsOf = (index: number) =>
  lab.host(index).sql("select count(*) || ' ' || md5(string_agg(sha256, '' order by id)) from entries")
const applicationOf = async (index: number) =>
  (await lab.host(index).tryExec('systemctl is-active ledger; systemctl is-enabled ledger')).stdout
    .trim()
    .replace('\n', ' ')

/** Host `primary` serves with the application, and the other one follows it with database and files. */
async function expectTurned(primary: number, standby: number): Promise<void> {
  await untilState('protected')
  expect(await applicationOf(primary)).toBe('active enabled')
  expect(await applicationOf(standby)).toBe('inactive disabled')
  expect(await lab.host(standby).sql('select status, sender_host from pg_stat_wal_receiver')).toBe(
    `streaming|${lab.host(primary).address}`,
  )
  expect(await lab.host(primary).sql('select slot_name, active from pg_replication_slots')).toBe('')
  const mark = `turned-${primary}`
  await lab.host(primary).exec(`echo ${mark} > /srv/ledger/vault/${mark}`)
  await awaitFact(
    'the file on the new standby',
    async () => (await lab.host(standby).tryExec(`cat /srv/ledger/vault/${mark}`)).stdout.includes(mark),
    { timeoutMs: 90_000 },
  )
}

test('both hosts exchange their roles as one unit, and every row and file is there', async () => {
  await untilState('protected')
  const last = await lab.host(0).sql('select max(id) from entries')
  const done = await switchOver('db2')
  expect(done).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('The switchover of ledger succeeded.'),
  })
  expect(done.stderr).toMatch(
    /Without writes, from the stop on the old primary to the first row: \d+\.\d\d s/,
  )
  expect(done.stderr).toMatch(/Without the application: \d+(\.\d\d)? s/)
  expect(done.stdout).toMatch(/db2 has the shutdown checkpoint .+ of db1: nothing is lost\./)
  await expectTurned(1, 0)
  expect(Number(await lab.host(1).sql('select max(id) from entries'))).toBeGreaterThanOrEqual(Number(last))
})

test('and back again, by the same command', async () => {
  expect(await switchOver('db1')).toMatchObject({ exitCode: 0 })
  await expectTurned(0, 1)
})

test('a standby that receives nothing any more is told before anything is stopped', async () => {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const open = await refusePort(primary, 5432, standby.address)
  await standby.exec(`pkill -f '[w]alreceiver'`)
  await untilState('disconnected')
  const refused = await switchOver('db2')
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toMatch(/does not follow the primary|does not stream/)
  await open()
  await untilState('protected')
  expect(await applicationOf(0)).toBe('active enabled')
})

test('what fails once the primary is stopped is taken back by itself: it serves again, with its application', async () => {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const before = await primary.sql('select timeline_id from pg_control_checkpoint()')
  const switching = switchOver('db2')
  // From here on it receives nothing, and nothing is promoted without what the primary writes last.
  await awaitFact('the application stops', async () => (await applicationOf(0)).startsWith('inactive'))
  await standby.exec(`pkill -STOP -f '[w]alreceiver'`)
  const failed = await switching
  expect(failed.stderr).toMatch(/failed, and everything that it did has been taken back\. db2 lacks/)
  expect(failed.exitCode).toBe(1)
  await standby.exec(`pkill -CONT -f '[w]alreceiver'`)
  await untilState('protected')
  expect(await applicationOf(0)).toBe('active enabled')
  expect(await primary.sql('select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe(
    `f|${before}`,
  )
  const rows = await primary.sql('select count(*) from entries')
  await awaitFact(
    'the application writes',
    async () => (await primary.sql('select count(*) from entries')) !== rows,
  )
})

test('an old primary that can’t follow is an outcome of its own, and a re-pair attaches it', async () => {
  const primary = lab.host(0)
  // What it starts with is broken from its stop on.
  await primary.exec(`printf '#!/bin/sh\nexit 1\n' > /usr/local/bin/broken && chmod 755 /usr/local/bin/broken
mkdir -p /run/systemd/system/postgresql@15-main.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/broken\n' > /run/systemd/system/postgresql@15-main.service.d/broken.conf
systemctl daemon-reload`)
  const left = await switchOver('db2')
  expect(left.stderr).toMatch(/The old primary is not attached again/)
  expect(left.exitCode).toBe(5)
  await untilState('unprotected')
  expect(await applicationOf(1)).toBe('active enabled')
  expect(await rowsOf(1)).toMatch(/^\d+ [0-9a-f]{32}$/)
  await primary.exec('rm -r /run/systemd/system/postgresql@15-main.service.d && systemctl daemon-reload')
  expect(await cli.run(['re-pair', '--yes', '--reason', 'It is mended.'])).toMatchObject({ exitCode: 0 })
  await expectTurned(1, 0)
})
