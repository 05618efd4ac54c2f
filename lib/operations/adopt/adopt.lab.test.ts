import { afterEach, describe, expect, test } from 'vitest'
import { openRepmgr, startRepmgrd } from '@/bench/peers/repmgr'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LayoutName } from '@/lab/layouts'
import type { PairState } from '@/lib/domain/states'
import { changesSince, readHostFiles } from '@/test/harness/host-files'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { worldOf } from '@/test/harness/lab-worlds'
import { copyByCron, handRole, leaveSeedScript, streamByHand } from '@/test/harness/pairs-by-hand'
import { cliOf, type TestCli } from '@/test/harness/run-cli'
import { grounds } from '@/test/matrix/grounds'
import { registerHost } from '@/test/matrix/stage-hosts'

let lab: Lab
let dashboard: LabDashboard
let cli: TestCli
const slot = 'by_hand'

/** Two hosts on which nothing of Understudy is, and a dashboard that knows them. */
async function open(layout: LayoutName): Promise<void> {
  lab = await startLab({ layout, hostNames: ['db1', 'db2'], writing: [0] })
  dashboard = await LabDashboard.open()
  cli = cliOf(dashboard.wiring.environment)
  for (const host of lab.hosts) await registerHost(dashboard, host, grounds[layout])
  await dashboard.startWorker()
}
afterEach(async () => {
  await dashboard?.close()
  await lab?.down()
})

const hosts = () => [lab.host(0), lab.host(1)] as const
const slug = () => worldOf(lab.host(0)).slug
const filesOfBoth = () => Promise.all(lab.hosts.map(readHostFiles))
const latest = async () => {
  const { store } = dashboard.wiring
  const pair = await store.pairs.findBySlug(slug())
  return pair && store.observations.latest(pair.id)
}
const untilState = (state: PairState) =>
  awaitFact(state, async () => (await latest())?.verdict.state === state, { timeoutMs: 90_000 })

const observe = () =>
  cli.run([
    ...['observe', slug(), '--profile', worldOf(lab.host(0)).profile.id],
    ...['--primary', 'db1', '--standby', 'db2', '--yes'],
  ])
const adopt = (...pieces: readonly string[]) =>
  cli.run([
    ...['adopt', '--yes', '--reason', 'It is ours from here on.'],
    ...pieces.flatMap((piece) => ['--piece', piece]),
  ])
const switchOver = (to: string) =>
  cli.run(['switchover', '--yes', '--reason', 'Maintenance.', '--type-words', `switch over to ${to}`])
const streamOf = (index: number) =>
  lab.host(index).sql('select usename, application_name from pg_stat_replication')

/** The dashboard has looked a few times since. */
async function watchedFor(looks: number): Promise<void> {
  for (let look = 0; look < looks; look += 1) {
    const before = (await latest())?.observation.at
    await awaitFact('another look', async () => (await latest())?.observation.at !== before)
  }
}

/** Roles are exchanged and exchanged back, with database, files and application. */
async function expectSwitchesOver(): Promise<void> {
  await untilState('protected')
  expect(await switchOver('db2')).toMatchObject({ exitCode: 0 })
  await untilState('protected')
  expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('t')
  await lab.host(1).exec(worldOf(lab.host(1)).check)
  const back = await switchOver('db1')
  expect(back, back.stderr).toMatchObject({ exitCode: 0 })
  await untilState('protected')
  expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('f')
}

describe.each([
  ['debian', 'Made by pg_basebackup -R.'],
  ['soar-unprivileged', 'Made by setup_warm_standby.pyc.'],
] as const)('a pair that somebody made on %s', (layout, made) => {
  test('is recognised, watched without a change of any file, taken over piece by piece, and switches over then', {
    timeout: 900_000,
  }, async () => {
    await open(layout)
    await streamByHand(hosts(), { slot })
    await copyByCron(hosts())
    if (layout === 'soar-unprivileged') await leaveSeedScript(hosts())
    const before = await filesOfBoth()

    const observed = await observe()
    expect(observed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(made) })
    expect(observed.stdout).toContain(`as the role ${handRole}`)
    expect(observed.stdout).not.toContain('made-by-hand')
    await untilState('degraded')
    await watchedFor(5)
    for (const [index, files] of (await filesOfBoth()).entries())
      expect(changesSince(before[index] ?? [], files), lab.host(index).name).toEqual([])
    expect((await latest())?.verdict.lag.replay.bytes).not.toBeNull()
    expect(await cli.run(['pause', '--what', 'sync', '--for', '1h', '--yes', '--reason', 'x'])).toMatchObject(
      {
        exitCode: 1,
        stderr: expect.stringContaining('This pair is only observed'),
      },
    )

    const startedAt = await lab.host(1).sql('select pg_postmaster_start_time()')
    expect(await adopt('replication')).toMatchObject({ exitCode: 0 })
    expect(await streamOf(0)).toMatch(/^understudy_repl\|understudy_/)
    expect(await lab.host(0).sql('select slot_name from pg_replication_slots')).not.toContain(slot)
    expect(await lab.host(1).sql('select pg_postmaster_start_time()')).toBe(startedAt)
    expect(await adopt()).toMatchObject({ exitCode: 0 })
    const jobs = await lab.host(1).exec("cat /var/spool/cron/crontabs/* | grep -c '^[^#].*by-hand' || true")
    expect(jobs).toBe('0')
    await expectSwitchesOver()
  })

  test('is as it was, file by file, when taking it over fails and is undone; and when it is taken apart as found', {
    timeout: 900_000,
  }, async () => {
    await open(layout)
    await streamByHand(hosts(), { slot })
    await copyByCron(hosts())
    if (layout === 'soar-unprivileged') await leaveSeedScript(hosts())
    expect(await observe()).toMatchObject({ exitCode: 0 })
    await untilState('degraded')
    const { state } = grounds[layout].places
    const { user, privilege } = worldOf(lab.host(1))
    const as = { user: privilege === 'sudo' ? 'root' : user }
    await lab.host(1).exec(`mkdir -p ${state}`, as)
    const before = await filesOfBoth()
    // What is written last on the standby can't take the place of a file system of somebody else.
    const obstacle = `${state}/${slug()}/break-glass`
    await lab.host(1).exec(`mkdir -p ${obstacle}`, as)
    await lab.host(1).exec(`mount -t tmpfs obstacle ${obstacle}`)
    expect(await adopt()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('stands as failed') })
    await lab.host(1).exec(`umount ${obstacle}`)
    const [operation] = await dashboard.wiring.store.operations.listOfPair(
      (await dashboard.wiring.store.pairs.findBySlug(slug()))?.id ?? '',
      1,
    )
    const undone = await cli.run(['operations', 'undo', operation?.id ?? ''])
    expect(undone, undone.stderr).toMatchObject({ exitCode: 0 })
    for (const [index, files] of (await filesOfBoth()).entries())
      expect(changesSince(before[index] ?? [], files), lab.host(index).name).toEqual([])
    expect(await streamOf(0)).toMatch(new RegExp(`^${handRole}\\|`))
    expect(await lab.host(0).sql('select slot_name from pg_replication_slots')).toBe(slot)

    const whole = await filesOfBoth()
    expect(await adopt()).toMatchObject({ exitCode: 0 })
    const unpaired = await cli.run([
      ...['unpair', '--leave', 'as-found', '--yes', '--reason', 'Not ours after all.'],
      ...['--type-words', 'db2'],
    ])
    expect(unpaired).toMatchObject({ exitCode: 0 })
    for (const [index, files] of (await filesOfBoth()).entries()) {
      const changes = changesSince(whole[index] ?? [], files).filter((line) => !/understudy-root/.test(line))
      expect(changes, lab.host(index).name).toEqual([])
    }
    expect(await streamOf(0)).toMatch(new RegExp(`^${handRole}\\|`))
  })
})

describe('a pair that repmgr made', () => {
  test('has its repmgrd off once it is taken over, so that nobody but an operator promotes', {
    timeout: 900_000,
  }, async () => {
    await open('debian')
    expect(await openRepmgr({ primary: lab.host(0), standby: lab.host(1) })).toBeNull()
    await startRepmgrd(hosts())
    const observed = await observe()
    expect(observed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Made by repmgr 5') })
    expect(observed.stdout).toContain('repmgrd would promote the standby without asking anybody.')
    await untilState('degraded')
    expect(await adopt()).toMatchObject({ exitCode: 0 })
    for (const host of lab.hosts) expect((await host.tryExec('pgrep -x repmgrd')).exitCode).toBe(1)
    await expectSwitchesOver()
    await lab.host(0).kill()
    await untilState('no-primary')
    await watchedFor(30)
    expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('t')
  })
})
