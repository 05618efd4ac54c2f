import { afterAll, beforeAll, expect, test } from 'vitest'
import { CliPair, succeeds } from '@/test/harness/cli-pair'

let pair: CliPair
beforeAll(async () => {
  pair = await CliPair.create()
})
afterAll(() => pair?.dispose())

const nextAction = async () => (await pair.verdict())?.nextAction.action
const rePair = async () =>
  succeeds(await pair.cli.run(['re-pair', '--yes', '--reason', 'It shall stand by.']))
const fence = (...more: string[]) =>
  pair.cli.run(['fence', '--yes', '--reason', 'Two of them write.', ...more])

/** As somebody at its shell stops the primary for good: its application would start PostgreSQL again. */
const stopPrimary = (index: number) =>
  pair.lab.host(index).exec('systemctl stop ledger && systemctl stop postgresql@15-main')

/** The host serves with its application, and the other one follows it; only there is a schedule. */
async function expectPair(primary: number, standby: number): Promise<void> {
  await pair.awaitFollows(standby, primary)
  expect(await pair.application(primary)).toBe('active enabled')
  expect(await pair.application(standby)).toBe('inactive disabled')
  expect((await pair.lab.host(primary).tryExec('ls /etc/cron.d/understudy-ledger')).exitCode).not.toBe(0)
}

test('with the primary stopped, the standby that somebody promoted serves, and the other host is made its standby', async () => {
  await pair.untilState('protected')
  await stopPrimary(0)
  await pair.lab.host(1).sql('select pg_promote()')
  await pair.untilState('unprotected')
  expect(await nextAction()).toBe('re-pair')
  expect((await pair.cli.run(['plan', 're-pair'])).stdout).toContain('Start the application on db2')
  await rePair()
  await expectPair(1, 0)
})

test('of two primaries nobody is fenced before its name is typed', async () => {
  await pair.lab.host(0).sql('select pg_promote()')
  await pair.untilState('two-primaries')
  expect(await nextAction()).toBe('fence')
  const refused = await fence()
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toContain('The plan asks for words')
  for (const index of [0, 1]) expect(await pair.lab.host(index).sql('select pg_is_in_recovery()')).toBe('f')
})

test('the one that was the standby is fenced, keeps what it wrote aside, and follows again', async () => {
  await pair.lab.host(0).sql("create table beyond as select 'kept aside' as what")
  succeeds(await fence('--type-words', 'fence db1'))
  await pair.untilState('unprotected')
  expect(await nextAction()).toBe('re-pair')
  await rePair()
  await expectPair(1, 0)
  expect(await pair.lab.host(1).sql("select to_regclass('beyond') is null")).toBe('t')
})

test('the one that was the primary is fenced, the other one serves from then on, and the roles are exchanged', async () => {
  await pair.lab.host(0).sql('select pg_promote()')
  await pair.untilState('two-primaries')
  succeeds(await fence('--which', 'primary', '--type-words', 'fence db2'))
  await pair.untilState('unprotected')
  expect(await pair.application(0)).toBe('active enabled')
  expect(await nextAction()).toBe('re-pair')
  await rePair()
  await expectPair(0, 1)
})

test('roles that somebody exchanged in order are taken as they are, and the files flow the right way', async () => {
  await stopPrimary(0)
  await pair.lab.host(1).sql('select pg_promote()')
  const { address } = pair.lab.host(1)
  const data = '/var/lib/postgresql/15/main'
  await pair.lab
    .host(1)
    .exec(
      `sed -i '1i host replication all ${pair.lab.host(0).address}/32 trust' /etc/postgresql/15/main/pg_hba.conf && systemctl reload postgresql@15-main`,
    )
  await pair.lab
    .host(0)
    .exec(
      `echo "primary_conninfo = 'host=${address} user=postgres'" >> ${data}/postgresql.auto.conf; runuser -u postgres -- touch ${data}/standby.signal`,
    )
  await pair.lab.host(0).startPostgres()
  await pair.untilState('degraded')
  expect(await nextAction()).toBe('re-pair')
  await rePair()
  await expectPair(1, 0)
})
