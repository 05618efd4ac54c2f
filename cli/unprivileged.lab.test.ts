import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { readTraces } from '@/test/harness/create-ground'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

/** Splunk SOAR without privileges: the user phantom owns everything, and nothing here ever becomes root. */
let lab: Lab
let dashboard: LabDashboard
let cli: TestCli
const crontabs: string[] = []

const phantom = { user: 'phantom' }
const crontabOf = (host: LabHost) => host.exec('crontab -l', phantom)
const isHealthy = async (host: LabHost) =>
  (await host.tryExec('/opt/phantom/bin/phsvc status', phantom)).exitCode === 0
const untilHealthy = (host: LabHost) =>
  awaitFact(`a healthy application on ${host.name}`, () => isHealthy(host), { timeoutMs: 60_000 })

beforeAll(async () => {
  lab = await startLab({
    layout: 'soar-unprivileged',
    hosts: 4,
    hostNames: ['db1', 'db2', 'db3', 'db4'],
    writing: [0, 1, 2],
  })
  for (const host of lab.hosts) crontabs.push(await crontabOf(host))
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
  cli = cliOf(dashboard.wiring.environment)
  for (const host of lab.hosts) {
    const { name, address, hostKeyFingerprint, privateKeyPath } = host
    const access = ['--user', 'phantom', '--key', privateKeyPath, '--fingerprint', hostKeyFingerprint]
    const added = await cli.run(['hosts', 'add', name, '--address', address, ...access])
    expect(added).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/phantom +unprivileged/) })
  }
})
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

const untilExitCode = (pair: string, exitCode: number, timeoutMs: number) =>
  awaitFact(
    `status of ${pair} with exit code ${exitCode}`,
    async () => (await cli.run(['status', '--pair', pair])).exitCode === exitCode,
    { timeoutMs, everyMs: 200 },
  )

const create = (pair: string, primary: string, standby: string) =>
  cli.run([
    ...['create', pair, '--profile', 'splunk-soar-unprivileged', '--primary', primary, '--standby', standby],
    ...['--reason', 'a test', '--yes', '--type-name', standby],
  ])

async function promote(pair: string) {
  const words = ['promote', '--pair', pair, '--reason', 'a test', '--yes']
  const loss = /--accept-loss "(.+)"/.exec((await cli.run(words)).stderr)?.[1] ?? ''
  return cli.run([...words, '--accept-loss', loss])
}

const lastRow = async (host: LabHost) => Number(await host.sql('select max(id) from entries'))

describe('with both hosts alive', () => {
  test('a create ends protected; the user’s crontab has the schedule in one block behind its own lines', async () => {
    const created = await create('soar', 'db1', 'db2')
    expect(created).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('succeeded') })
    expect(created.stdout).not.toMatch(/^ *# /m)
    await untilExitCode('soar', 0, 90_000)
    const [own = '', schedule = ''] = (await crontabOf(lab.host(1))).split('# BEGIN understudy soar boot')
    expect(own).toBe(`${crontabs[1]?.replace('@reboot', '# held by understudy soar application: @reboot')}\n`)
    expect(schedule).toMatch(
      /^\* \* \* \* \* \/home\/phantom\/\.understudy\/lib\/understudy-sync soar vault /m,
    )
    expect(await crontabOf(lab.host(0))).toBe(crontabs[0])
    expect(await isHealthy(lab.host(0))).toBe(true)
    // Cron gets its minute while the other pair is made.
    await lab.host(0).exec('echo new > /opt/phantom/vault/by-cron', phantom)
  })

  test('a create that fails is undone by one command: each host’s files, settings and crontab are what they were; then it is created after all', async () => {
    const hosts = [lab.host(2), lab.host(3)]
    const before = await Promise.all(hosts.map(readTraces))
    const standby = lab.host(3)
    // Somebody uses the standby's own database, which is about to be stopped.
    const session = `psql -X -h /tmp -d ${standby.layout.database} -qc 'select pg_sleep(600)'`
    await standby.exec(`setsid ${session} >/dev/null 2>&1 </dev/null &`, phantom)
    const failed = await create('spare', 'db3', 'db4')
    expect(failed).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('The database on db4 is in use: 1 of psql (phantom, local)'),
    })
    await standby.sql(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`,
    )
    expect(await Promise.all(hosts.map(readTraces))).not.toEqual(before)
    const [, operation = ''] = /Operation (\S+)/.exec(failed.stderr) ?? []
    const undone = await cli.run(['operations', 'undo', operation])
    expect(undone.stderr).toContain('was undone')
    expect(await Promise.all(hosts.map(readTraces))).toEqual(before)
    expect(await create('spare', 'db3', 'db4')).toMatchObject({ exitCode: 0 })
  })

  test('the seed’s text of both hosts is that of the seed', async () => {
    const seed = async (host: string) =>
      (await cli.run(['status', '--pair', 'soar', '--host', host, '--format', 'seed'])).stdout
    expect(await seed('db1')).toContain(
      '  Current Phantom Version: 6.2.2.134\n   Instance looks like Primary\n',
    )
    expect(await seed('db1')).toContain('    Vault sync configured\n')
    expect(await seed('db2')).toContain('   Instance looks like Standby\n')
    expect(await seed('db2')).toContain('    rsync configured\n')
  })

  test('a pause takes the schedule out of the crontab and stops replay; resumed, both go on', async () => {
    const before = await crontabOf(lab.host(1))
    const isPaused = async () => (await lab.host(1).sql('select pg_is_wal_replay_paused()')) === 't'
    const words = ['--pair', 'soar', '--reason', 'a test', '--yes']
    const refused = await cli.run(['pause', '--what', 'sync', ...words])
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Give --for with minutes') })
    const paused = await cli.run(['pause', '--what', 'sync,replay', '--for', '2h', ...words])
    expect(paused).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('The pause of soar succeeded'),
    })
    expect(await isPaused()).toBe(true)
    expect(await crontabOf(lab.host(1))).not.toContain('understudy-sync')
    await awaitFact('the pause in the status', async () =>
      (await cli.run(['status', '--pair', 'soar'])).stdout.includes('Replay and file sync are paused by '),
    )
    expect(await cli.run(['resume', ...words])).toMatchObject({ exitCode: 0 })
    expect(await isPaused()).toBe(false)
    expect(await crontabOf(lab.host(1))).toBe(before)
    await untilExitCode('soar', 0, 90_000)
  })

  test('what can’t be read on the primary is not taken for deleted there, and nothing else is deleted meanwhile', async () => {
    const [primary, standby] = [lab.host(0), lab.host(1)]
    const vault = '/opt/phantom/vault'
    const copy = '/home/phantom/.understudy/lib/understudy-sync soar vault --now'
    await primary.exec(
      `mkdir ${vault}/closed && echo kept > ${vault}/closed/file && echo gone > ${vault}/gone`,
      phantom,
    )
    await standby.exec(copy, phantom)
    await primary.exec(`chmod 000 ${vault}/closed && rm ${vault}/gone`, phantom)
    expect((await standby.tryExec(copy, phantom)).exitCode).not.toBe(0)
    expect(
      JSON.parse(await standby.exec('cat /home/phantom/.understudy/state/soar/runs/vault.last')),
    ).toMatchObject({
      result: 'failed-partly',
      deletions: 0,
    })
    expect(await standby.exec(`cat ${vault}/closed/file ${vault}/gone`)).toBe('kept\ngone')
    await primary.exec(`chmod 755 ${vault}/closed`, phantom)
    await standby.exec(`${copy} && [ ! -e ${vault}/gone ] && [ -e ${vault}/closed/file ]`, phantom)
    await primary.exec(`rm -r ${vault}/closed`, phantom)
  })

  test('the key between the hosts reads the listed directories and nothing else, below a home too', async () => {
    const [primary, standby] = [lab.host(0), lab.host(1)]
    const options = `-F /dev/null -i /home/phantom/.understudy/state/soar/sync_key -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR -o UserKnownHostsFile=/home/phantom/.understudy/etc/soar/known_hosts`
    const to = `phantom@${primary.address}`
    for (const asked of [
      'id',
      'cat /opt/phantom/data/db/pg_hba.conf',
      'rsync --server --sender -logDtpre.iLsfxCIvu . /opt/phantom/data/',
      'rsync --server -logDtpre.iLsfxCIvu . vault/',
      'rsync --server --daemon .',
    ]) {
      const outcome = await standby.tryExec(`ssh ${options} ${to} '${asked}' </dev/null`, phantom)
      expect(outcome, asked).toMatchObject({ exitCode: 1, stdout: '' })
      expect(outcome.stderr).toMatch(/^understudy-send: (not-allowed|not-listed): /)
    }
    const attempts = [
      `echo 'get /etc/hostname /home/phantom/got' | sftp -b - ${options} ${to}`,
      `ssh ${options} -W 127.0.0.1:22 ${to} </dev/null`,
      `ssh -N ${options} -o ExitOnForwardFailure=yes -R 15432:127.0.0.1:22 ${to} </dev/null`,
    ]
    for (const attempt of attempts) expect((await standby.tryExec(attempt, phantom)).exitCode).not.toBe(0)
    expect((await standby.tryExec('ls /home/phantom/got')).exitCode).not.toBe(0)
    const stolen = await standby.exec('cat /home/phantom/.understudy/state/soar/sync_key')
    await lab.host(2).exec('umask 077; cat > /home/phantom/stolen', { ...phantom, input: `${stolen}\n` })
    const elsewhere = `ssh -F /dev/null -i /home/phantom/stolen -o BatchMode=yes -o StrictHostKeyChecking=no ${to} true </dev/null`
    expect((await lab.host(2).tryExec(elsewhere, phantom)).exitCode).toBe(255)
  })

  test('the key between the hosts is rotated below the login’s home: the old one is refused, and cron copies by the new one', async () => {
    const [primary, standby] = [lab.host(0), lab.host(1)]
    const key = '/home/phantom/.understudy/state/soar/sync_key'
    await standby.exec(`cp -p ${key} /home/phantom/old-key`, phantom)
    const words = ['--pair', 'soar', '--reason', 'a test', '--yes']
    expect(await cli.run(['rotate-key', ...words])).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('The rotation of the key of soar succeeded'),
    })
    const lines = await primary.exec('grep understudy-send /home/phantom/.ssh/authorized_keys', phantom)
    expect(lines).toMatch(
      /^restrict,from="[0-9.]+",command="\/home\/phantom\/\.understudy\/lib\/understudy-send soar" ssh-ed25519 \S+ understudy-soar-[0-9a-f]{8}$/,
    )
    const knock = (path: string) =>
      standby.tryExec(
        `ssh -F /dev/null -i ${path} -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR -o UserKnownHostsFile=/home/phantom/.understudy/etc/soar/known_hosts phantom@${primary.address} true </dev/null`,
        phantom,
      )
    expect((await knock('/home/phantom/old-key')).exitCode).toBe(255)
    expect((await knock(key)).stderr).toContain('understudy-send: not-allowed')
    await primary.exec('echo rotated > /opt/phantom/vault/rotated', phantom)
    await standby.exec(
      '/home/phantom/.understudy/lib/understudy-sync soar vault --now && test -e /opt/phantom/vault/rotated',
      phantom,
    )
  })

  test('settings are changed by flags, and what no flag names stays', async () => {
    const words = ['--pair', 'soar', '--reason', 'a test', '--yes']
    const unknown = await cli.run(['change-settings', '--remove', 'nothing', ...words])
    expect(unknown).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('The pair has no directory'),
    })
    const changed = await cli.run([
      ...['change-settings', '--wal-keep-segments', '48', '--schedule', 'vault=*/1 * * * *', ...words],
    ])
    expect(changed).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('settings of soar succeeded'),
    })
    expect(changed.stdout).toContain('+WAL kept for a standby that is away: 48 segments')
    expect(await lab.host(0).sql('show wal_keep_size')).toBe('768MB')
    const crontab = await crontabOf(lab.host(1))
    expect(crontab).toMatch(/^\*\/1 .* soar vault /m)
    expect(crontab.split('understudy-sync').length).toBeGreaterThan(2)
    await untilExitCode('soar', 0, 90_000)
  })

  test('cron copies what is new', async () => {
    await awaitFact(
      'a copy by cron',
      async () => (await lab.host(1).tryExec('cat /opt/phantom/vault/by-cron')).stdout === 'new\n',
      { timeoutMs: 90_000, everyMs: 500 },
    )
  })

  test('after a power cut the standby follows again by itself', async () => {
    await lab.host(1).kill()
    await untilExitCode('soar', 3, 30_000)
    await lab.host(1).boot()
    await untilExitCode('soar', 0, 60_000)
  })

  test('a promotion fences the old primary, whose crontab starts nothing any more', async () => {
    const promoted = await promote('soar')
    expect(promoted).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('succeeded') })
    expect(promoted.stdout).toContain('nothing of the database is lost')
    await untilHealthy(lab.host(1))
    const rows = await lab.host(1).sql(`select sha256 || '  /opt/phantom/vault/' || file from entries`)
    await lab.host(1).exec('sha256sum --check --quiet -', { input: `${rows}\n` })
    await lab.host(0).kill()
    await lab.host(0).boot()
    expect(
      (await lab.host(0).tryExec('/opt/phantom/usr/postgresql/bin/pg_isready -q -h /tmp')).exitCode,
    ).toBe(2)
    await lab.host(0).startPostgres()
    expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('t')
  })

  test('after a power cut the promoted host has PostgreSQL and the application by itself', async () => {
    expect(await crontabOf(lab.host(1))).toBe(crontabs[1])
    await lab.host(1).kill()
    await lab.host(1).boot()
    await untilHealthy(lab.host(1))
  })
})

describe('with the primary dead', () => {
  test('the standby, whose own boot line starts PostgreSQL alone, is promoted and starts all at boot', async () => {
    await untilExitCode('spare', 0, 90_000)
    const before = await lastRow(lab.host(3))
    await lab.host(2).kill()
    await untilExitCode('spare', 4, 30_000)
    // Told by the standby's own programs, which no package put anywhere.
    expect((await cli.run(['status', '--pair', 'spare'])).stdout).toContain('No primary')
    expect(await promote('spare')).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('succeeded'),
    })
    expect(await lastRow(lab.host(3))).toBeGreaterThanOrEqual(before)
    await untilHealthy(lab.host(3))
    await lab.host(3).kill()
    await lab.host(3).boot()
    await untilHealthy(lab.host(3))
  })

  test('that comes back writable is fenced by one command, and stays read-only from then on', async () => {
    const former = lab.host(2)
    await former.boot()
    await former.awaitPostgres()
    expect(await former.sql('select pg_is_in_recovery()')).toBe('f')
    const fenced = await awaitFact(
      'a fence',
      async () => {
        const outcome = await cli.run(['fence', '--pair', 'spare', '--reason', 'it came back', '--yes'])
        return outcome.stderr.includes('succeeded') ? outcome : null
      },
      { timeoutMs: 60_000, everyMs: 1_000 },
    )
    expect(fenced.stdout).toContain('would start read-only')
    await former.kill()
    await former.boot()
    expect((await former.tryExec('/opt/phantom/usr/postgresql/bin/pg_isready -q -h /tmp')).exitCode).toBe(2)
    await former.startPostgres()
    expect(await former.sql('select pg_is_in_recovery()')).toBe('t')
  })
})
