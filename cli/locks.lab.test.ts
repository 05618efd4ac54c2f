import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { readTraces } from '@/test/harness/create-ground'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

type Desk = { readonly dashboard: LabDashboard; readonly cli: TestCli }

let lab: Lab
let one: Desk
let two: Desk

/** Two dashboards with stores of their own, that both know the same two hosts. */
beforeAll(async () => {
  lab = await startLab({ hostNames: ['db1', 'db2'] })
  const open = async (): Promise<Desk> => {
    const dashboard = await LabDashboard.open()
    for (const host of lab.hosts) await dashboard.registerHost(host)
    return { dashboard, cli: cliOf(dashboard.wiring.environment) }
  }
  one = await open()
  two = await open()
  await one.dashboard.startWorker()
  await two.dashboard.startWorker()
})
afterAll(async () => {
  await one.dashboard.close()
  await two.dashboard.close()
  await lab.down()
})

const createArgs = (slug: string) => [
  ...['create', slug, '--profile', 'generic-debian', '--no-files', '--yes', '--reason', 'The new room.'],
  ...['--primary', 'db1', '--standby', 'db2', '--type-name', 'db2'],
]
const create = ({ cli }: Desk, slug: string) => cli.run(createArgs(slug))
/** As if the lock's dashboard had given its last sign of life two minutes ago. */
const ageLock = (index: number) =>
  lab.host(index).exec(`touch -d '2 minutes ago' /var/lib/understudy/operation.lock`)
const ageOn = async ({ cli }: Desk, host: string): Promise<number> =>
  JSON.parse((await cli.run(['hosts', 'lock', host, '--output', 'json'])).stdout).ageSeconds
const lockOf = async ({ cli }: Desk, host: string) => (await cli.run(['hosts', 'lock', host])).stdout
const tracesOfAll = () => Promise.all(lab.hosts.map(readTraces))

/** An operation that stands: somebody uses the standby's own database, which was about to be stopped. */
async function failingCreate(desk: Desk): Promise<string> {
  const asOwner = { user: 'postgres' }
  await lab
    .host(1)
    .exec(`setsid psql -Xqc 'select pg_sleep(600)' >/dev/null 2>&1 </dev/null & echo $!`, asOwner)
  const { exitCode, stderr } = await create(desk, 'ledger')
  await lab
    .host(1)
    .sql(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`,
    )
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/The database on db2 is in use: 1 of psql \(postgres, local\)/),
  })
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  return /Operation (\S+)/.exec(stderr)?.[1] ?? ''
}

test('while an operation of one dashboard stands, another one is refused before anything is touched, and told who has the hosts', async () => {
  const operation = await failingCreate(one)
  expect(await lockOf(two, 'db1')).toMatch(
    /^db1 is held by the create of pair ledger, started by .+ at .+ from .+ \(10\.213\.\d+\.1\): The new room\. Its dashboard worked on it .+ s ago\.$/m,
  )
  const before = await tracesOfAll()
  const refused = await create(two, 'books')
  expect(refused.exitCode).toBe(1)
  expect(refused.stdout + refused.stderr).toContain('db1 is held by the create of pair ledger')
  expect(await tracesOfAll()).toEqual(before)
  expect((await two.cli.run(['pairs'])).stdout).toBe('There is no pair yet.\n')

  const undone = await one.cli.run(['operations', 'undo', operation])
  expect(undone.stderr).toContain('was undone')
  expect(await lockOf(two, 'db1')).toBe('No operation holds db1.\n')
})

test('a dashboard that is gone for ever loses its locks by typed words, and that is written down', async () => {
  const standing = await failingCreate(one)
  await one.dashboard.killWorkers()
  const own = await one.cli.run(['hosts', 'unlock', 'db1', '--words', 'break the lock of db1'])
  expect(own).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('an operation of this dashboard'),
  })
  const wrong = await two.cli.run(['hosts', 'unlock', 'db1', '--words', 'yes'])
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--words "break the lock of db1"'),
  })
  expect(await lockOf(two, 'db1')).toContain('db1 is held')
  await Promise.all([ageLock(0), ageLock(1)])
  for (const name of ['db1', 'db2']) {
    const broken = await two.cli.run(['hosts', 'unlock', name, '--words', `break the lock of ${name}`])
    expect(broken).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is broken') })
    expect(await lockOf(two, name)).toBe(`No operation holds ${name}.\n`)
  }
  expect((await two.cli.run(['audit'])).stdout).toMatch(
    /host\.break-lock +db1 +done +db1 is held by the create of pair ledger/,
  )
  await one.dashboard.startWorker()
  const undone = await one.cli.run(['operations', 'undo', standing])
  expect(undone.stderr).toContain('was undone')
})

test('the lock of an operation at work is broken by no words, and by the typed ones once its worker was killed and silent for a minute', async () => {
  const heal = await lab.host(1).slowLink(1_000)
  const asked = one.cli.spawn(createArgs('ledger'))
  const running = await vi.waitFor(
    async () => {
      const [found] = await one.dashboard.wiring.store.operations.listInState(['running'])
      if (!found) throw new Error('no operation runs yet')
      return found
    },
    { timeout: 60_000, interval: 100 },
  )
  await one.dashboard.until(running.id, (events) =>
    events.some(({ event }) => event.type === 'step.started' && event.stepId === 'base-backup'),
  )
  const unlock = () => two.cli.run(['hosts', 'unlock', 'db1', '--words', 'break the lock of db1'])
  await ageLock(0)
  await expect.poll(() => ageOn(two, 'db1'), { timeout: 30_000 }).toBeLessThan(30)
  expect(await unlock()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /can’t be broken while its operation is at work\. Its dashboard worked on it .+ ago\./,
    ),
  })
  expect(await lockOf(two, 'db1')).toContain('db1 is held by the create of pair ledger')

  await one.dashboard.killWorkers()
  expect((await unlock()).exitCode).toBe(1)
  await ageLock(0)
  expect(await unlock()).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is broken') })
  expect(await lockOf(two, 'db1')).toBe('No operation holds db1.\n')

  await one.dashboard.startWorker()
  await one.cli.run(['operations', 'cancel', running.id])
  expect((await asked).exitCode).toBe(1)
  await heal()
  const undone = await one.cli.run(['operations', 'undo', running.id])
  expect(undone.stderr).toContain('was undone')
  expect(await lockOf(two, 'db1')).toBe('No operation holds db1.\n')
})

test('closing an operation lets its hosts go, and the transcript on them says by whom and why', async () => {
  const operation = await failingCreate(one)
  expect(await lockOf(one, 'db2')).toContain('db2 is held by')
  const closed = await one.cli.run(['operations', 'close', operation, '--reason', 'I will look at it.'])
  expect(closed.exitCode).toBe(0)
  expect(await lockOf(two, 'db1')).toBe('No operation holds db1.\n')
  expect(await lockOf(two, 'db2')).toBe('No operation holds db2.\n')
  const log = await lab.host(1).exec('cat /var/log/ledger/warm_standby.log')
  expect(log).toMatch(new RegExp(`\\[${operation.slice(0, 8)} #\\d+\\] == create of ledger: failed`))
  expect(log).toMatch(/== create of ledger: closed by .+\. I will look at it\./)
})

test('a host that was off when its operation was closed is let go when it comes back, and its transcript gets the end', async () => {
  await lab.host(0).sql('drop role if exists understudy_repl, understudy_monitor')
  const operation = await failingCreate(one)
  await lab.host(0).kill()
  const closed = await one.cli.run(['operations', 'close', operation, '--reason', 'It is off.'])
  expect(closed.exitCode).toBe(0)
  await lab.host(0).boot()
  await expect.poll(() => lockOf(two, 'db1'), { timeout: 20_000 }).toBe('No operation holds db1.\n')
  await expect
    .poll(() => lab.host(0).exec('cat /var/log/ledger/warm_standby.log'), { timeout: 5_000 })
    .toMatch(
      new RegExp(`\\[${operation.slice(0, 8)} #\\d+\\] == create of ledger: closed by .+\\. It is off\\.`),
    )
})
