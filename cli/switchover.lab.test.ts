import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { CliPair, succeeds } from '@/test/harness/cli-pair'
import { refusePort } from '@/test/harness/preflight-faults/fault'

let pair: CliPair
beforeAll(async () => {
  pair = await CliPair.create()
})
afterAll(() => pair?.dispose())

const switchOver = (to: string) =>
  pair.cli.run(['switchover', '--yes', '--reason', 'Maintenance.', '--type-words', `switch over to ${to}`])
/** Every row that the application has written; it is stopped, so that none is added. */
const rowsOf = (index: number) =>
  pair.lab.host(index).sql("select count(*) || ' ' || md5(string_agg(sha256, '' order by id)) from entries")
/** Host `primary` serves with the application, and the other one follows it with database and files. */
async function expectTurned(primary: number, standby: number): Promise<void> {
  await pair.awaitFollows(standby, primary)
  expect(await pair.application(primary)).toBe('active enabled')
  expect(await pair.application(standby)).toBe('inactive disabled')
  expect(await pair.lab.host(primary).sql('select slot_name, active from pg_replication_slots')).toBe('')
}

test('both hosts exchange their roles as one unit, and every row and file is there', async () => {
  await pair.untilState('protected')
  const last = await pair.lab.host(0).sql('select max(id) from entries')
  const done = await switchOver('db2')
  expect(done).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('The switchover of ledger succeeded.'),
  })
  expect(done.stderr).toMatch(
    /Without writes, from the stop on the old primary to the first row: \d+\.\d\d s/,
  )
  expect(done.stderr).toMatch(/Without the application: \d+(\.\d\d)? s/)
  expect(done.stdout).toMatch(/db2 has its shutdown checkpoint .+: nothing is lost\./)
  await expectTurned(1, 0)
  expect(Number(await pair.lab.host(1).sql('select max(id) from entries'))).toBeGreaterThanOrEqual(
    Number(last),
  )
})

test('and back again, by the same command', async () => {
  expect(await switchOver('db1')).toMatchObject({ exitCode: 0 })
  await expectTurned(0, 1)
})

test('a standby that receives nothing any more is told before anything is stopped', async () => {
  const [primary, standby] = [pair.lab.host(0), pair.lab.host(1)]
  const open = await refusePort(primary, 5432, standby.address)
  await standby.exec(`pkill -f '[w]alreceiver'`)
  await pair.untilState('disconnected')
  const refused = await switchOver('db2')
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toMatch(/does not follow the primary|does not stream/)
  await open()
  await pair.untilState('protected')
  expect(await pair.application(0)).toBe('active enabled')
})

test('what fails once the primary is stopped is taken back by itself: it serves again, with its application', async () => {
  const [primary, standby] = [pair.lab.host(0), pair.lab.host(1)]
  const before = await primary.sql('select timeline_id from pg_control_checkpoint()')
  const switching = switchOver('db2')
  // From here on it receives nothing, and nothing is promoted without what the primary writes last.
  await awaitFact('the application stops', async () => (await pair.application(0)).startsWith('inactive'))
  await standby.exec(`pkill -STOP -f '[w]alreceiver'`)
  const failed = await switching
  expect(failed.stderr).toMatch(/failed, and everything that it did has been taken back\. db2 lacks/)
  expect(failed.exitCode).toBe(1)
  await standby.exec(`pkill -CONT -f '[w]alreceiver'`)
  await pair.untilState('protected')
  expect(await pair.application(0)).toBe('active enabled')
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
  const primary = pair.lab.host(0)
  // What it starts with is broken from its stop on.
  await primary.exec(`printf '#!/bin/sh\nexit 1\n' > /usr/local/bin/broken && chmod 755 /usr/local/bin/broken
mkdir -p /run/systemd/system/postgresql@15-main.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/broken\n' > /run/systemd/system/postgresql@15-main.service.d/broken.conf
systemctl daemon-reload`)
  const left = await switchOver('db2')
  expect(left.stderr).toMatch(/The old primary is not attached again/)
  expect(left.exitCode).toBe(5)
  await pair.untilState('unprotected')
  expect(await pair.application(1)).toBe('active enabled')
  expect(await rowsOf(1)).toMatch(/^\d+ [0-9a-f]{32}$/)
  await primary.exec('rm -r /run/systemd/system/postgresql@15-main.service.d && systemctl daemon-reload')
  succeeds(await pair.cli.run(['re-pair', '--yes', '--reason', 'It is mended.']))
  await expectTurned(1, 0)
})
