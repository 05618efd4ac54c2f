import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { countRows, LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

let lab: Lab
let dashboard: LabDashboard
let cli: TestCli

beforeAll(async () => {
  lab = await startLab({ hostNames: ['db1', 'db2'] })
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
  cli = cliOf(dashboard.wiring.environment)
})
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

/** `hosts add` of a lab host, with the fingerprint that its console would show. */
const add = (name: string, index: number, ...more: string[]) => {
  const { address, hostKeyFingerprint } = lab.host(index)
  const args = ['hosts', 'add', name, '--address', address]
  return [...args, ...(more.includes('--fingerprint') ? [] : ['--fingerprint', hostKeyFingerprint]), ...more]
}
const key = () => ['--key', lab.host(0).privateKeyPath]
const plan = ['--profile', 'generic-debian', '--primary', 'db1', '--standby', 'db2']
const untilExitCode = (exitCode: number, timeoutMs: number) =>
  awaitFact(
    `status with exit code ${exitCode}`,
    async () => (await cli.run(['status'])).exitCode === exitCode,
    {
      timeoutMs,
      everyMs: 200,
    },
  )

test('hosts are registered only with the right key, the right secret and once', async () => {
  const other = `SHA256:${'x'.repeat(43)}`
  expect(await cli.run(add('db1', 0, ...key(), '--fingerprint', other))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(lab.host(0).hostKeyFingerprint),
  })
  const { address } = lab.host(0)
  expect(await cli.run(['hosts', 'add', 'db1', '--address', address, ...key()])).toMatchObject({
    exitCode: 2,
  })
  const wrong = await cli.run(add('db1', 0, '--user', 'operator', '--password'), 'not-the-pass-word\n')
  expect(wrong).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('does not accept this password'),
  })
  expect(wrong.stdout + wrong.stderr).not.toContain('not-the-pass-word')

  const added = await cli.run(
    add('db1', 0, '--user', 'operator', '--password'),
    `${lab.host(0).passwords.operator}\n`,
  )
  expect(added).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^db1 .* operator +sudo +password/m),
  })
  expect(await cli.run(add('twin', 0, ...key()))).toMatchObject({ exitCode: 1 })
  expect(await cli.run(add('db2', 1, ...key()))).toMatchObject({ exitCode: 0 })
  expect(await cli.run(['hosts', 'test', 'db2'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Privilege +root$/m),
  })
  expect(await cli.run(['hosts', 'confirm-key', 'db2'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('shows the pinned key'),
  })
})

test('what a login needs as root for a pair is printed, installed, compared with what the pair needs, and removed', async () => {
  const ledger = ['--pair', 'ledger', '--profile', 'generic-debian']
  const sudoers = (...more: string[]) =>
    cli.run(['hosts', 'sudoers', 'db1', ...ledger, '--peer', 'db2', ...more])
  const fragment = () => lab.host(0).tryExec('stat -c %a /etc/sudoers.d/understudy-operator')
  const printed = await sudoers()
  expect(printed).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^#!\/bin\/sh\n/) })
  expect(printed.stderr).toContain('operator may do everything as root on db1.')
  expect((await fragment()).exitCode).toBe(1)
  expect(await sudoers('--install', '--yes')).toMatchObject({ exitCode: 0 })
  expect((await fragment()).stdout).toBe('440\n')
  expect((await sudoers()).stderr).toContain('what is written down for ledger')
  const other = await cli.run(['plan', 'create', 'ledger', ...plan, '--without', 'etc'])
  expect(other).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('is not what ledger needs now'),
  })
  expect(await sudoers('--remove', '--yes')).toMatchObject({ exitCode: 0 })
  expect((await fragment()).exitCode).toBe(1)
  const root = await cli.run(['hosts', 'sudoers', 'db2', ...ledger, '--peer', 'db1'])
  expect(root.stderr).toContain('root is root on db2: nothing has to be permitted.')
})

test('the plan of a create prints its checks and exact commands and changes nothing', async () => {
  const shown = await cli.run(['plan', 'create', 'ledger', ...plan])
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' })
  expect(shown.stdout).toContain('pg_basebackup')
  expect(shown.stdout).toMatch(/^Plan: create, \d+ steps$/m)
  const json = JSON.parse((await cli.run(['plan', 'create', 'ledger', ...plan, '-o', 'json'])).stdout)
  expect(json.plan.steps.length).toBeGreaterThan(5)
  expect(await cli.run(['plan', 'create', 'ledger', ...plan, '--standby', 'db1'])).toMatchObject({
    exitCode: 2,
  })
  expect(await cli.run(['pairs'])).toMatchObject({ stdout: 'There is no pair yet.\n' })
})

test('before there is any pair a registered host prints the seed’s first text', async () => {
  expect(await cli.run(['status', '--host', 'db1', '--format', 'seed'])).toEqual({
    exitCode: 4,
    stderr: '',
    stdout:
      ' ========= Processed Params =========\n   Warm Standby not yet configured\n =========  Script Done =========\n',
  })
  expect(await cli.run(['status', '--host', 'db9', '--format', 'seed'])).toMatchObject({
    exitCode: 1,
    stdout: '',
  })
})

test('a create needs the standby’s name, for it holds data, and a yes; then it makes the standby and says each step', async () => {
  const unnamed = ['create', 'ledger', ...plan, '--reason', 'a test']
  const holds = await cli.run([...unnamed, '--yes'])
  expect(holds).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--type-name "db2"') })
  expect(holds.stdout).toMatch(/db2 holds someone’s data: the database ledger \(\d/)
  const other = await cli.run([...unnamed, '--yes', '--type-name', 'db1'])
  expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not those of this plan') })
  const words = [...unnamed, '--type-name', 'db2']
  expect(await cli.run(words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') })
  const { exitCode, stdout, stderr } = await cli.run([...words, '--yes'])
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('succeeded') })
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d \[1\/\d+\] /m)
  expect(stdout).toMatch(/Copy the database from/)
  await untilExitCode(0, 60_000)
  const status = await cli.run(['status'])
  expect(status.stdout).toMatch(/^Looks like +Primary +Standby$/m)
  expect(status.stdout).toMatch(/^Currently streaming +yes +yes$/m)
  expect((await cli.run(['operations'])).stdout).toMatch(/create +succeeded/)
})

test('the seed’s texts of both hosts are those of the seed', async () => {
  const seed = async (host: string) => (await cli.run(['status', '--host', host, '--format', 'seed'])).stdout
  expect(await seed('db1')).toMatch(
    new RegExp(
      [
        '^  ========= Processed Params =========',
        '  Current .+ Version: .+',
        '   Instance looks like Primary',
        `    DB replication configured with Standby set to:  ${lab.host(1).address}/32`,
        '    DB replication currently streaming',
        '    WAL segments configured: \\d+',
        '    Vault sync configured',
        '  =========  Script Done =========\n$',
      ].join('\n'),
    ),
  )
  expect(await seed('db2')).toMatch(
    /^ {3}Instance looks like Standby\n {4}DB replication configured\n {4}DB last updated \w+day .+\n {4}WAL segments in use: \d+\n {4}WAL segments configured: \d+\n {4}rsync configured$/m,
  )
})

test('a standby that was restarted while nothing is written still tells when it was last updated', async () => {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await primary.exec('systemctl stop ledger')
  await primary.sql('ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf()')
  // Both begin behind the last commit then, so that none is replayed again.
  await primary.sql('CHECKPOINT')
  const position = await primary.sql('SELECT pg_current_wal_lsn()')
  await awaitFact(
    'the checkpoint on the standby',
    async () => (await standby.sql(`SELECT pg_last_wal_replay_lsn() >= '${position}'`)) === 't',
  )
  await standby.sql('CHECKPOINT')
  const server = async () =>
    JSON.parse((await cli.run(['status', '-o', 'json'])).stdout).observation.hosts.standby.server
  const { startedAt } = (await server()).value
  await standby.exec('systemctl restart postgresql@15-main')
  await awaitFact(
    'a look at the restarted standby, which says nothing of a commit',
    async () => {
      const { seen, value } = await server()
      return seen && value.startedAt !== startedAt && value.lastReplayedCommitAt === null
    },
    { timeoutMs: 30_000, everyMs: 200 },
  )
  const seed = await cli.run(['status', '--host', 'db2', '--format', 'seed'])
  expect(seed.stdout).toMatch(/^ {4}DB last updated \w+day \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m)
  expect((await cli.run(['status'])).stdout).toMatch(
    /^DB last updated +now: it accepts writes +\w+ \d+ \w+ \d{4}/m,
  )
  await primary.sql('ALTER SYSTEM RESET autovacuum; SELECT pg_reload_conf()')
  await primary.exec('systemctl start ledger')
  await untilExitCode(0, 30_000)
})

test('doctor finds all well', async () => {
  const { exitCode, stdout } = await cli.run(['doctor'])
  expect({ exitCode, stdout }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^ok +Worker: looked at every pair/m),
  })
})

test('with the primary dead: status says so, the loss must be accepted in its own words, and the standby is promoted', async () => {
  const rows = async () => Number(await countRows(lab, 1))
  await awaitFact('rows on the standby', async () => (await rows()) > 20)
  const before = await rows()
  await lab.host(0).kill()
  await untilExitCode(4, 20_000)
  expect((await cli.run(['status'])).stdout).toMatch(/^State +No primary since/m)
  const lost = new RegExp(
    [
      '^A promotion now would lose .+',
      '  Database: at least .+ of WAL.*',
      '  Last commit that the standby replayed: \\d{4}-.+Z',
      '  Primary: at [0-9A-F]+/[0-9A-F]+, as seen .+ before',
      '(  (Vault|Settings|Reports): up to .+\n){3}',
    ].join('\n'),
  )
  expect((await cli.run(['plan', 'promote'])).stdout).toMatch(lost)
  const runbook = (await cli.run(['plan', 'promote', '--runbook'])).stdout
  expect(runbook).toMatch(/^## What it loses, as seen \d{4}-.+Z$/m)
  expect(runbook).toMatch(/^- Last commit that the standby replayed: \d{4}-.+Z$/m)
  expect(runbook).toMatch(/^- Primary: at [0-9A-F]+\/[0-9A-F]+, as seen /m)
  for (const title of ['Vault', 'Settings', 'Reports'])
    expect(runbook).toMatch(new RegExp(`^- ${title}: up to `, 'm'))
  expect(runbook).toContain('- To be typed first: “promote db2 and accept the loss”')

  const words = ['promote', '--reason', 'the primary is dead', '--yes']
  const unaccepted = await cli.run(words)
  expect(unaccepted).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--accept-loss') })
  const loss = /--accept-loss "(.+)"/.exec(unaccepted.stderr)?.[1] ?? ''
  expect(await cli.run([...words, '--accept-loss', `${loss}!`])).toMatchObject({ exitCode: 2 })
  expect((await cli.run(['operations'])).stdout).not.toContain('promote')

  const promoted = await cli.run([...words, '--accept-loss', loss])
  expect(promoted).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('succeeded') })
  expect(await lab.host(1).sql('SELECT pg_is_in_recovery()')).toBe('f')
  expect(await rows()).toBeGreaterThanOrEqual(before)
  const bare =
    '   Instance looks like Primary\n    DB replication not configured\n    Vault sync not configured\n'
  await awaitFact('the seed’s text of a primary without a standby', async () =>
    (await cli.run(['status', '--host', 'db2', '--format', 'seed'])).stdout.includes(bare),
  )
  expect((await cli.run(['audit'])).stdout).toMatch(/pair\.promote +ledger +done +the primary is dead/)
})

test('the report of the promotion has its loss, its positions before and after, and what was measured', async () => {
  const id = /^(\S+) +promote +succeeded/m.exec((await cli.run(['operations'])).stdout)?.[1] ?? ''
  const report = (await cli.run(['operations', 'report', id])).stdout
  for (const part of [
    /^- Reason: the primary is dead$/m,
    /^- Typed: “promote db2 and accept the loss”$/m,
    /^- Last commit that the standby replayed: \d{4}-.+Z$/m,
    /^- Before, .+: db1: not seen, but at [0-9A-F]+\/[0-9A-F]+ .+ before$/m,
    /^- Before, .+: db2: timeline 1, replayed up to [0-9A-F]+\/[0-9A-F]+/m,
    /^- Then: db2 is the primary on timeline 2 \(was 1\) at [0-9A-F]+\/[0-9A-F]+, out of recovery/m,
    /^- From the start to the new primary’s first row: /m,
  ])
    expect(report).toMatch(part)
  const create = /^(\S+) +create +succeeded/m.exec((await cli.run(['operations'])).stdout)?.[1] ?? ''
  expect((await cli.run(['operations', 'report', create])).stdout).toMatch(
    /^- Then: db2 streams from db1: replayed up to [0-9A-F]+\/[0-9A-F]+, written up to [0-9A-F]+\/[0-9A-F]+, \d+ bytes behind\.$/m,
  )
})

test('the plan of a fence is printed, as a runbook too, and says why it can’t be done now', async () => {
  const shown = await cli.run(['plan', 'fence'])
  expect(shown).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('FAIL') })
  const runbook = await cli.run(['plan', 'fence', '--runbook'])
  expect(runbook).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^# Fence.*: ledger$/m) })
  expect(runbook.stdout).toContain('Primary db1, standby db2.')
  const json = JSON.parse((await cli.run(['plan', 'fence', '-o', 'json'])).stdout)
  expect(json.plan).toMatchObject({ kind: 'fence', steps: [] })
})
