import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { CliPair, succeeds } from '@/test/harness/cli-pair'

const vault = '/srv/ledger/vault'
const etc = '/srv/ledger/etc'
const words = ['--reason', 'a test', '--yes']

let pair: CliPair
beforeAll(async () => {
  pair = await CliPair.create()
  // The schedules would copy what these tests ask for.
  await pair.lab
    .host(1)
    .exec(`sed -i -E 's#^.* root (.*/understudy-sync )#0 0 1 1 * root \\1#' /etc/cron.d/understudy-ledger`)
})
afterAll(() => pair.dispose())

const has = async (path: string) => (await pair.lab.host(1).tryExec(`test -e ${path}`)).exitCode === 0
const write = (path: string) => pair.lab.host(0).exec(`echo new >${path}`)

test('a directory that is named is copied at once, and no other', async () => {
  await write(`${vault}/asked`)
  await write(`${etc}/not-asked`)
  succeeds(await pair.cli.run(['sync', '--directory', 'vault', ...words]))
  expect([await has(`${vault}/asked`), await has(`${etc}/not-asked`)]).toEqual([true, false])
})

test('where none is named all are; one that can’t be copied keeps no other from it, and says why and what to do', async () => {
  await write(`${vault}/for-all`)
  await pair.lab.host(0).exec(`mv ${etc}/.understudy-source /root/mark`)
  const partly = await pair.cli.run(['sync', ...words])
  expect(partly.exitCode).not.toBe(0)
  expect(partly.stderr).toContain('does not carry its mark')
  expect(await has(`${vault}/for-all`)).toBe(true)
  await pair.lab.host(0).exec(`mv /root/mark ${etc}/.understudy-source`)
  const { stdout } = await pair.cli.run(['operations', '--limit', '1', '-o', 'json'])
  const id = /"id":\s*"([^"]+)"/.exec(stdout)?.[1] ?? ''
  succeeds(await pair.cli.run(['operations', 'resume', id, '--reason', 'mounted again']))
  expect(await has(`${etc}/not-asked`)).toBe(true)
})

test('a directory that the pair does not have is refused before anything runs', async () => {
  const refused = await pair.cli.run(['sync', '--directory', 'nowhere', ...words])
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stdout + refused.stderr).toContain('This pair has no nowhere.')
})

test('while it runs the pair’s state is told, and it can be cancelled: no copy runs after that', async () => {
  const [primary, standby] = [pair.lab.host(0), pair.lab.host(1)]
  await primary.exec(`head -c 400000000 /dev/urandom >${vault}/large`)
  const begun = pair.cli.run(['sync', '--directory', 'vault', ...words])
  const { operations, pairs } = pair.dashboard.wiring.store
  const current = async () => {
    const found = await pairs.findBySlug('ledger')
    return found ? operations.current(found.id) : null
  }
  const running = await awaitFact('the copy', async () =>
    (await standby.tryExec('pgrep -f "[r]sync .*--info=progress2"')).exitCode === 0 ? await current() : null,
  )
  expect((await pair.verdict())?.state).not.toBe('working')
  const cancelled = await pair.cli.run(['operations', 'cancel', running.id, '--reason', 'enough'])
  expect(cancelled.stderr).toContain('stands as cancelled')
  expect((await begun).exitCode).not.toBe(0)
  expect((await standby.tryExec('pgrep -f "[r]sync .*--info=progress2"')).exitCode).not.toBe(0)
  await primary.exec(`rm ${vault}/large`)
})
