import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { canRunLab, type Lab, openLab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { suites } from '@/lab/layouts'
import { type CommandOutcome, run, runNow } from '@/lab/run-command'

const here = dirname(fileURLToPath(import.meta.url))

/** Everything of a lab that this machine could still hold: mounts, devices, directories, processes. */
async function tracesOf(lab: { directory: string; tag: string }): Promise<readonly string[]> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const devices = (await run('ip', ['-brief', 'link'])).split('\n')
  const processes = (await run('ps', ['-eo', 'pid,args'])).split('\n')
  const places = ['/run/systemd/nspawn', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']
  const nspawn = runNow('find', [
    ...places.filter((place) => existsSync(place)),
    '-maxdepth',
    '2',
    '-name',
    `*usl${lab.tag}*`,
  ]).stdout.split('\n')
  // All that is a lab's carries its tag behind `usl`: the tag alone may stand in the number of any process.
  const names = new RegExp(`usl[a-z]*-?${lab.tag}`)
  // A lab that is made beside these tests may have taken its place.
  const isAnothers = (readTag(lab.directory) ?? lab.tag) !== lab.tag
  const mine = (line: string) => names.test(line) || (!isAnothers && line.includes(`${lab.directory}/`))
  return [
    ...[...mounts, ...devices, ...processes, ...nspawn].filter(mine),
    ...(!isAnothers && existsSync(lab.directory) ? [lab.directory] : []),
  ]
}

/** Tag of the lab in that directory, null where there is none. */
function readTag(directory: string): string | null {
  try {
    return (JSON.parse(readFileSync(join(directory, 'lab.json'), 'utf8')) as { tag: string }).tag
  } catch {
    return null
  }
}

function readTrace(lab: Lab): { directory: string; tag: string } {
  const directory = dirname(lab.host(0).privateKeyPath)
  return { directory, tag: readTag(directory) ?? '' }
}

/** Names of the units that have failed, with what each said last. */
const failedUnits = (host: LabHost): Promise<string> =>
  host.exec(`systemctl --failed --no-legend --plain | while read -r unit rest; do
  echo "$unit $rest"; journalctl --no-pager --quiet -o cat -n 10 -u "$unit"
done`)

/** How a TCP connection from this machine ends within a second. */
function knock(address: string, port: number): Promise<'open' | 'refused' | 'silent'> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_000 })
    socket.on('connect', () => resolve('open'))
    socket.on('timeout', () => resolve('silent'))
    socket.on('error', (error) =>
      resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'silent'),
    )
    socket.on('connect', () => socket.destroy()).on('timeout', () => socket.destroy())
  })
}

function ssh(lab: Lab, index: number, user: string, command: string): CommandOutcome {
  const host = lab.host(index)
  return runNow('ssh', [
    ...[
      '-i',
      host.privateKeyPath,
      '-o',
      'BatchMode=yes',
      '-o',
      'LogLevel=ERROR',
      '-o',
      'StrictHostKeyChecking=no',
    ],
    ...['-o', 'UserKnownHostsFile=/dev/null', `${user}@${host.address}`, command],
  ])
}

test('this machine can run the lab', () => {
  expect(canRunLab()).toEqual({ ok: true })
})

describe('two hosts', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(async () => {
    await lab.down()
  })

  test('sshd, PostgreSQL and cron run on both, and nothing has failed', async () => {
    for (const host of lab.hosts) {
      const state = (await host.tryExec('systemctl is-system-running --wait')).stdout.trim()
      expect([state, await failedUnits(host)]).toEqual(['running', ''])
      expect(await host.exec('systemctl is-active ssh cron postgresql@15-main')).toBe(
        'active\nactive\nactive',
      )
    }
  })

  test('root and operator may do all, plain may not', () => {
    expect(ssh(lab, 0, 'root', 'id -un').stdout).toBe('root\n')
    expect(ssh(lab, 1, 'operator', 'sudo -n id -un').stdout).toBe('root\n')
    expect(ssh(lab, 0, 'plain', 'sudo -n id -un').exitCode).not.toBe(0)
  })

  test('the host key is the one that the lab names', async () => {
    const scanned = await run('ssh-keyscan', ['-t', 'ed25519', lab.host(0).address])
    expect(scanned).toContain(lab.host(0).hostKey)
  })

  test('each row that the application writes has its file with that content', async () => {
    const host = lab.host(0)
    const before = Number(await host.sql('SELECT max(id) FROM entries'))
    await awaitFact(
      'ten more rows',
      async () => Number(await host.sql('SELECT max(id) FROM entries')) > before + 10,
    )
    const rows = await host.sql(`SELECT sha256 || '  /srv/ledger/vault/' || file FROM entries`)
    await host.exec('sha256sum --check --quiet -', { input: `${rows}\n` })
    expect(await host.exec('/srv/ledger/bin/check')).toBe('healthy')
  })

  test('the other host has the application, stopped, with old rows and their files', async () => {
    const host = lab.host(1)
    expect((await host.tryExec('systemctl is-active ledger')).stdout.trim()).toBe('inactive')
    const rows = await host.sql(`SELECT sha256 || '  /srv/ledger/vault/' || file FROM entries`)
    expect(rows.split('\n')).toHaveLength(20)
    await host.exec('sha256sum --check --quiet -', { input: `${rows}\n` })
  })

  test('the clusters are different ones, with data checksums', async () => {
    const ask = `SELECT system_identifier || current_setting('data_checksums') FROM pg_control_system()`
    const [one, other] = await Promise.all([lab.host(0).sql(ask), lab.host(1).sql(ask)])
    expect(one).toMatch(/on$/)
    expect(one).not.toBe(other)
  })

  test('a directory of the base is renamed, not copied, as on a real disk', async () => {
    const host = lab.host(1)
    await host.exec('perl -e \'rename("/srv/ledger/etc", "/srv/ledger/etc.aside") or die $!\'')
    await host.exec('mv /srv/ledger/etc.aside /srv/ledger/etc')
  })

  test('a cut cable is silence until it is healed', async () => {
    const host = lab.host(1)
    expect(await knock(host.address, 22)).toBe('open')
    await host.cut()
    expect(await knock(host.address, 22)).toBe('silent')
    expect(await host.exec('pg_isready -q && echo up')).toBe('up')
    await host.heal()
    await awaitFact('the healed host', async () => (await knock(host.address, 22)) === 'open')
  })

  test('a dropped port is silent while the others answer', async () => {
    const host = lab.host(1)
    const undo = await host.dropPort(5432)
    expect(await knock(host.address, 5432)).toBe('silent')
    expect(await knock(host.address, 22)).toBe('open')
    await undo()
    expect(await knock(host.address, 5432)).toBe('open')
  })

  test('a frozen PostgreSQL accepts and says nothing', async () => {
    const host = lab.host(1)
    const undo = await host.freezePostgres()
    expect((await host.tryExec('pg_isready -q -t 1')).exitCode).toBe(2)
    await undo()
    await host.awaitPostgres()
  })

  test('a full disk refuses the next byte', async () => {
    const host = lab.host(1)
    await host.limitDisk('/srv/ledger/reports', 4)
    const undo = await host.fillDisk('/srv/ledger/reports')
    expect((await host.tryExec('echo more | tee /srv/ledger/reports/more')).stderr).toContain('No space left')
    await undo()
    await host.exec('echo more > /srv/ledger/reports/more')
  })

  test('a slow link is slow, and fast again', async () => {
    const host = lab.host(1)
    const seconds = async () => {
      const startedAt = performance.now()
      ssh(lab, 1, 'root', 'head -c 400000 /dev/urandom')
      return (performance.now() - startedAt) / 1000
    }
    const undo = await host.slowLink(1_000)
    expect(await seconds()).toBeGreaterThan(2)
    await undo()
    expect(await seconds()).toBeLessThan(2)
  })

  test('a pulled plug is silence, and the host comes up again with its rows', async () => {
    const host = lab.host(0)
    await host.kill()
    expect(host.isOn()).toBe(false)
    expect(await knock(host.address, 22)).toBe('silent')
    await host.boot()
    await host.awaitPostgres()
    await awaitFact(
      'a healthy application',
      async () => (await host.tryExec('/srv/ledger/bin/check')).exitCode === 0,
    )
    const rows = await host.sql(`SELECT sha256 || '  /srv/ledger/vault/' || file FROM entries`)
    await host.exec('sha256sum --check --quiet -', { input: `${rows}\n` })
  })

  test('a second lab beside it has other addresses and other names, and goes alone', async () => {
    const other = await startLab({ hosts: 1 })
    const trace = readTrace(other)
    expect(lab.hosts.map((host) => host.address)).not.toContain(other.host(0).address)
    expect(lab.hosts.map((host) => host.name)).not.toContain(other.host(0).name)
    await other.down()
    expect(await tracesOf(trace)).toEqual([])
    expect(await lab.host(0).exec('hostname')).toBe(lab.host(0).name)
  })
})

test('hosts of other Debian releases boot and answer, each with its own PostgreSQL', async () => {
  const others = ['bullseye', 'trixie'] as const
  const lab = await startLab({ suites: others, writing: [0, 1] })
  for (const [index, codename] of others.entries()) {
    const host = lab.host(index)
    expect(await host.exec('. /etc/os-release && echo $VERSION_CODENAME')).toBe(codename)
    expect(host.postgresMajor).toBe(suites[codename])
    expect(await host.sql('SHOW server_version')).toMatch(new RegExp(`^${suites[codename]}\\.`))
    const state = (await host.tryExec('systemctl is-system-running --wait')).stdout.trim()
    expect([state, await failedUnits(host)]).toEqual(['running', ''])
    await awaitFact(
      `a healthy application on ${codename}`,
      async () => (await host.tryExec('/srv/ledger/bin/check')).exitCode === 0,
    )
    await host.stopPostgres()
    await host.startPostgres()
  }
  expect(ssh(lab, 1, 'operator', 'sudo -n id -un').stdout).toBe('root\n')
  await lab.down()
})

test('unprivileged: phantom owns all, may do nothing else, and its crontab brings both back after a power cut', async () => {
  const lab = await startLab({ layout: 'soar-unprivileged' })
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const look = '/opt/phantom/bin/phsvc status; echo $?; tail -n 5 /opt/phantom/var/log/phantom/p*.log'
  const healthy = async () => {
    const isHealthy = async () =>
      (await primary.tryExec('/opt/phantom/bin/phsvc status', { user: 'phantom' })).exitCode === 0
    await awaitFact('a healthy application', isHealthy).catch(async (error: unknown) => {
      throw new Error((await primary.tryExec(look, { user: 'phantom' })).stdout, { cause: error })
    })
  }
  await healthy()
  expect(ssh(lab, 0, 'phantom', 'sudo -n id -un').exitCode).not.toBe(0)
  expect(ssh(lab, 0, 'phantom', 'psql -h /tmp -XAtc "SHOW config_file" phantom').stdout).toBe(
    '/opt/phantom/data/db/postgresql.conf\n',
  )
  expect(await primary.exec('find /opt/phantom -xdev ! -user phantom')).toBe('')
  await primary.kill()
  await primary.boot()
  await primary.awaitPostgres()
  await healthy()
  const rows = await primary.sql(`SELECT sha256 || '  /opt/phantom/vault/' || file FROM entries`)
  await primary.exec('sha256sum --check --quiet -', { input: `${rows}\n` })
  expect(await standby.sql('SELECT count(*) FROM entries')).toBe('20')
  expect((await standby.tryExec('/opt/phantom/bin/phsvc status', { user: 'phantom' })).stdout).toBe(
    'the application does not run\n',
  )
  await lab.down()
})

test('nothing is left behind after down, with a host killed and another cut', async () => {
  const lab = await startLab()
  const trace = readTrace(lab)
  expect(await tracesOf(trace)).not.toEqual([])
  await lab.host(0).kill()
  await lab.host(1).cut()
  await lab.down()
  expect(await tracesOf(trace)).toEqual([])
  await lab.down()
})

test('powered off and booted, a kept lab has its rows; another process can take it down', async () => {
  const lab = await startLab({ hosts: 1, kept: true, name: `kept-${process.pid}` })
  const trace = readTrace(lab)
  await lab.host(0).exec('systemctl stop ledger')
  const rows = await lab.host(0).sql('SELECT count(*) FROM entries')
  await lab.powerOff()
  const again = openLab(lab.name)
  await again?.boot()
  expect(Number(await again?.host(0).sql('SELECT count(*) FROM entries'))).toBeGreaterThanOrEqual(
    Number(rows),
  )
  const down = runNow(process.execPath, ['--import', 'tsx', join(here, 'cli.ts'), 'down', lab.name])
  expect(down.exitCode).toBe(0)
  expect(await tracesOf(trace)).toEqual([])
})

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'nothing is left behind when the process that started a lab ends by %s',
  async (signal) => {
    const script = `import { startLab } from '@/lab/lab'
      const lab = await startLab({ hosts: 1 })
      process.stdout.write(lab.name + '\\n')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: dirname(here),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const name = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
    const lab = openLab(name)
    if (!lab) throw new Error(`${name} is not there`)
    const trace = readTrace(lab)
    child.kill(signal)
    await awaitFact('nothing left', async () => (await tracesOf(trace)).length === 0, { timeoutMs: 15_000 })
  },
)
