import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Host } from '@/lib/domain/host'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround, readTraces } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { openLabPair } from '@/test/harness/lab-pair'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

let lab: Lab
let dashboard: LabDashboard
let cli: TestCli
let names: readonly string[]

/** Two hosts with PostgreSQL 15, and one with 17. */
beforeAll(async () => {
  lab = await startLab({ suites: ['bookworm', 'bookworm', 'trixie'] })
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
  cli = cliOf(dashboard.wiring.environment)
  const registered: Host[] = []
  for (const host of lab.hosts) registered.push(await dashboard.registerHost(host))
  names = registered.map(({ name }) => name)
})
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

const plan = (primary: number, standby: number, ...more: string[]) => [
  ...['ledger', '--profile', 'generic-debian', '--no-files'],
  ...['--primary', names[primary] ?? '', '--standby', names[standby] ?? '', ...more],
]
const start = (primary: number, standby: number, ...more: string[]) =>
  cli.run([
    'create',
    ...plan(primary, standby, '--reason', 'a test', '--yes', '--type-name', names[standby] ?? '', ...more),
  ])

/** What `act` prints, with the proof that it has left all hosts as they were. */
async function touchesNothing<T>(act: () => Promise<T>): Promise<T> {
  const readAll = () => Promise.all(lab.hosts.map(readTraces))
  const before = await readAll()
  const result = await act()
  expect(await readAll()).toEqual(before)
  expect((await cli.run(['pairs'])).stdout).toBe('There is no pair yet.\n')
  return result
}

test.each([
  { primary: 0, standby: 2, major: 15, other: 17 },
  { primary: 2, standby: 0, major: 17, other: 15 },
])(
  'PostgreSQL $major and $other: a create is refused with evidence and fix, and nothing is touched',
  async ({ primary, standby, major, other }) => {
    const refused = await touchesNothing(() => start(primary, standby))
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('PostgreSQL versions') })
    expect(refused.stdout).toMatch(
      new RegExp(`${major}\\.\\S+ .*on ${names[primary]}, ${other}\\.\\S+ .*on ${names[standby]}\\.`),
    )
    expect(refused.stdout).toContain(`install PostgreSQL ${major} on ${names[standby]}`)
  },
)

/** As it comes from a package: reached from the host itself only. */
async function listenOnLocalhost(host: LabHost): Promise<void> {
  await host.exec(
    `sed -i "s/^listen_addresses.*/listen_addresses = 'localhost'/" /etc/postgresql/15/main/conf.d/lab.conf`,
  )
  await restart(host)
}
async function restart(host: LabHost): Promise<void> {
  // Not stopped and started: the application's own restarts pull it in, and would cancel the stop.
  await host.exec('systemctl restart postgresql@15-main')
  await host.awaitPostgres()
}
const listensOn = (host: LabHost) => host.sql('SHOW listen_addresses')

test('a primary that listens on localhost only: without the agreement to a restart nothing is touched', async () => {
  await listenOnLocalhost(lab.host(0))
  const shown = await touchesNothing(() => cli.run(['plan', 'create', ...plan(0, 1)]))
  expect(shown.exitCode).toBe(1)
  expect(shown.stdout).toMatch(/listen_addresses is “localhost” .* must be restarted once/)
  expect(shown.stdout).toContain(`Restart PostgreSQL on ${names[0]}`)
  const refused = await touchesNothing(() => start(0, 1))
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('must be restarted once') })
})

test('undone after the agreed restart, the primary listens on localhost only once more, from its next restart on', async () => {
  const pair = await openLabPair(lab)
  const ground = await createGround(lab, pair, { agreeRestart: true })
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(breaksAt(ground.steps, 'mark-paired')), 'failed')
  expect(await listensOn(lab.host(0))).toBe(`localhost, ${lab.host(0).address}`)
  await trial.ask('undo')
  trial.expect(await trial.life(), 'undone')
  await restart(lab.host(0))
  expect(await listensOn(lab.host(0))).toBe('localhost')
  await ground.verifyUndone()
  await ground.dispose()
  await pair.close()
})

const library = '/usr/lib/postgresql/15/lib/pgcrypto.so'
const why = 'the package comes tonight'

test('a check that endangers nothing refuses, and offers to go on with a reason; without one nothing is touched', async () => {
  await lab.host(0).sql('create extension pgcrypto')
  await lab.host(1).exec(`mv ${library} ${library}.away`)
  const refused = await touchesNothing(() => start(0, 1, '--agree-restart'))
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('Or override extensions, with a reason.'),
  })
  expect(refused.stdout).toContain('→ or go on all the same: --override extensions="why"')
  for (const flag of ['extensions', 'extensions=', 'extension=typed wrong'])
    expect(await touchesNothing(() => start(0, 1, '--agree-restart', '--override', flag))).toMatchObject({
      exitCode: 2,
    })
})

test('agreed to, and the check overridden, the primary is restarted once and the create ends in a streaming standby', async () => {
  const created = await start(0, 1, '--agree-restart', '--override', `extensions=${why}`)
  expect(created).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('succeeded') })
  expect(await listensOn(lab.host(0))).toBe(`localhost, ${lab.host(0).address}`)
  expect(await lab.host(1).sql('SELECT pg_is_in_recovery(), status FROM pg_stat_wal_receiver')).toBe(
    't|streaming',
  )
  expect(await lab.host(0).exec('systemctl is-active ledger')).toBe('active')
})

test('who overrode the check and why stands in the report, in the audit and in the transcript on the hosts', async () => {
  const [{ id }] = JSON.parse((await cli.run(['operations', 'list', '--output', 'json'])).stdout)
  const report = await cli.run(['operations', 'report', id])
  expect(report.stdout).toMatch(new RegExp(`\\*\\*Overridden\\*\\* by .*: ${why}`))
  expect((await cli.run(['audit'])).stdout).toMatch(new RegExp(`overrode extensions \\(.*\\): ${why}`))
  for (const host of [lab.host(0), lab.host(1)])
    expect(await host.exec('cat /var/log/ledger/warm_standby.log')).toContain(`: ${why}`)
})
