import { beforeEach, describe, expect, test } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/errors'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { isNoAccess, readHostFacts } from '@/lib/operations/preflight/read-host-facts'
import { hostOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { type Answer, ScriptedDoor } from '@/test/harness/scripted-door'

const host = hostOf('db1', '10.0.0.1', { machineId: 'a'.repeat(32) })
const machine = `machine_id=${'a'.repeat(32)}
system=Debian GNU/Linux 12 (bookworm)
architecture=x86_64
systemd=yes
rsync=3.2.7
ssh=yes
keyscan=yes
cron=yes
crontab=yes
application_load=loaded
application_active=active
application_enabled=enabled
clock=1795000000000
`
const data =
  'bin=/usr/lib/postgresql/15/bin\nbasebackup=yes\nwal_link=no\nparent_writable=yes\nstart_conf=auto\nowner=postgres\nunit=postgresql@15-main.service\nserver_log=\n'
const pathLine = (path: string) => `${path}\tyes\t101\t101\tno\t42\t20000000000\t48000000\n`
const refused = (code: ErrorCode, message = 'It was refused.') =>
  new AppError(code, message, { fix: 'Mend it.' })

let door: ScriptedDoor
let answers: { machine: Answer; root: Answer; owner: Answer; data: Answer; paths: Answer; clock: Answer }
beforeEach(() => {
  door = new ScriptedDoor()
  answers = {
    machine,
    root: '',
    owner: '',
    data,
    paths: ['/var/lib/postgresql/15/main', '/srv/vault'].map(pathLine).join(''),
    clock: '1795000000250\n',
  }
  door.onRun = ({ text, as }) => {
    if (text === 'true') return as === 'root' ? answers.root : answers.owner
    if (text.includes('machine_id')) return answers.machine
    return text.includes('parent_writable') ? answers.data : answers.paths
  }
  door.onAsk = () => answers.clock
  door.onQuery = () => [{ survey: serverFacts() }]
})

const read = () =>
  readHostFacts({
    door,
    host,
    profile: profileOf(),
    directories: ['/srv/vault'],
    clock: { now: () => new Date(1_795_000_000_000) },
  })

describe('what is found on a sound host', () => {
  test('is every fact that a preflight and a plan rest on', async () => {
    const facts = await read()
    expect(facts).toMatchObject({ name: 'db1', address: '10.0.0.1', registeredMachineId: 'a'.repeat(32) })
    for (const part of [
      facts.machine,
      facts.asRoot,
      facts.asDatabaseOwner,
      facts.server,
      facts.data,
      facts.paths,
    ])
      expect(part.seen).toBe(true)
    expect(answerOf(facts.paths)?.map(({ path }) => path)).toEqual([
      '/var/lib/postgresql/15/main',
      '/srv/vault',
    ])
    expect([facts.clockOffsetMs, facts.clockErrorMs]).toEqual([250, 0])
  })

  test('is asked of the owner of the database on its own socket, and the session is closed', async () => {
    await read()
    expect(door.targets).toEqual([
      {
        identity: { as: 'owner' },
        database: 'postgres',
        port: 5432,
        socketDirectory: '/var/run/postgresql',
        osUser: 'postgres',
      },
    ])
    expect(door.closed).toBe(1)
  })
})

describe('a host that can’t be reached', () => {
  test.each<ErrorCode>([
    'HOST_NAME_UNRESOLVED',
    'HOST_UNREACHABLE',
    'HOST_PORT_REFUSED',
    'HOST_TIMED_OUT',
    'HOST_CONNECTION_LOST',
    'HOST_KEY_UNCONFIRMED',
    'HOST_KEY_CHANGED',
    'HOST_AUTH_FAILED',
    'SECRET_UNREADABLE',
  ])('with %s is asked once, and everything about it is unseen for that one reason', async (code) => {
    answers.machine = refused(code, 'db1 is away.')
    const facts = await read()
    expect(door.ran).toHaveLength(1)
    expect(door.targets).toEqual([])
    const { machine, asRoot, asDatabaseOwner, server, data, paths } = facts
    for (const part of [machine, asRoot, asDatabaseOwner, server, data, paths])
      expect(part).toEqual({ seen: false, why: { code, message: 'db1 is away.', fix: 'Mend it.' } })
    expect(facts.clockOffsetMs).toBeNull()
  })

  test('is told from one that fails at a question', () => {
    expect(isNoAccess(refused('HOST_KEY_CHANGED'))).toBe(true)
    for (const code of ['HOST_COMMAND_FAILED', 'HOST_SUDO_REFUSED', 'POSTGRES_DOWN'] as const)
      expect(isNoAccess(refused(code))).toBe(false)
    expect(isNoAccess(new Error('HOST_UNREACHABLE'))).toBe(false)
  })
})

describe('a part that can’t be read', () => {
  test('leaves the others seen: missing rights', async () => {
    answers.root = refused('HOST_SUDO_REFUSED', 'operator may not become root.')
    const facts = await read()
    expect(facts.asRoot).toMatchObject({ seen: false, why: { message: 'operator may not become root.' } })
    expect(facts.server.seen && facts.data.seen && facts.paths.seen).toBe(true)
  })

  test('of PostgreSQL says why, and the data directory was then not looked at', async () => {
    door.onOpen = async () => {
      throw refused('POSTGRES_DOWN', 'PostgreSQL on db1 does not run.')
    }
    const facts = await read()
    expect(facts.server).toMatchObject({ seen: false, why: { code: 'POSTGRES_DOWN' } })
    expect(facts.data).toMatchObject({
      seen: false,
      why: { message: expect.stringMatching(/^Not looked at/) },
    })
    expect(facts.machine.seen).toBe(true)
  })

  test('of PostgreSQL still closes the session that was opened', async () => {
    door.onQuery = () => {
      throw refused('POSTGRES_QUERY_FAILED')
    }
    expect((await read()).server.seen).toBe(false)
    expect(door.closed).toBe(1)
  })

  test.each(['machine', 'data', 'paths'] as const)(
    'that answers in another form (%s) is unseen, never guessed',
    async (part) => {
      answers[part] = 'Last login: yesterday\n/x\n'
      const facts = await read()
      expect(facts[part]).toMatchObject({ seen: false, why: { code: 'HOST_COMMAND_FAILED' } })
    },
  )

  test('of the clock is not known, and that is all', async () => {
    answers.clock = refused('HOST_COMMAND_TIMED_OUT')
    const facts = await read()
    expect([facts.clockOffsetMs, facts.clockErrorMs]).toEqual([null, null])
    expect(facts.machine.seen).toBe(true)
  })

  test('by an error of our own is INTERNAL without its text', async () => {
    answers.data = new TypeError('secret internals')
    const { data: part } = await read()
    expect(part).toMatchObject({ seen: false, why: { code: 'INTERNAL' } })
    expect(JSON.stringify(part)).not.toContain('secret internals')
  })
})

describe('a host where nobody may become root', () => {
  const commands = {
    ...profileOf().application,
    unit: null,
    start: '/opt/app/start.sh',
    stop: '/opt/app/stop.sh',
    check: '/opt/app/check',
  }
  const crontab = `# mine
@reboot /opt/app/start.sh --quiet
@reboot pg_ctl -D /opt/app/db start
@reboot PASSWORD=secret /home/app/backup.sh
17 4 * * * /opt/app/start.sh
`

  test('tells what starts application and PostgreSQL at boot, and keeps nothing else of the crontab', async () => {
    const others = door.onRun
    const unprivileged = Object.assign(door, { privilege: 'unprivileged' as const })
    door.onRun = (command) => {
      if (command.text.includes('crontab -l')) return crontab
      return command.text.includes('/opt/app/check') ? { exitCode: 1 } : others(command)
    }
    const facts = await readHostFacts({
      door: unprivileged,
      host: { ...host, privilege: 'unprivileged', user: 'app', home: '/home/app' },
      profile: { ...profileOf(), application: commands },
      directories: [],
      clock: { now: () => new Date(0) },
    })
    expect(facts).toMatchObject({
      user: 'app',
      isUnprivileged: true,
      applicationHealthy: false,
      bootLines: ['@reboot /opt/app/start.sh --quiet', '@reboot pg_ctl -D /opt/app/db start'],
    })
    expect(JSON.stringify(facts)).not.toContain('secret')
  })

  test('with a check that hangs and without a crontab still gives facts: the check does not pass', async () => {
    const others = door.onRun
    const unprivileged = Object.assign(door, { privilege: 'unprivileged' as const })
    door.onRun = (command) => {
      if (command.text.includes('crontab -l')) return { exitCode: 127 }
      return command.text.includes('/opt/app/check') ? refused('HOST_COMMAND_TIMED_OUT') : others(command)
    }
    const facts = await readHostFacts({
      door: unprivileged,
      host: { ...host, privilege: 'unprivileged', user: 'app', home: '/home/app' },
      profile: { ...profileOf(), application: commands },
      directories: [],
      clock: { now: () => new Date(0) },
    })
    expect(facts).toMatchObject({
      applicationHealthy: false,
      bootLines: null,
      crontabProblem: 'The crontab of the login user on db1 can’t be read: exit code 127',
    })
  })

  test('is not asked for a crontab or a health check where root and a unit do both', async () => {
    expect(await read()).toMatchObject({ isUnprivileged: false, bootLines: null, applicationHealthy: null })
    expect(door.ran.some(({ text }) => text.includes('crontab -l'))).toBe(false)
  })
})
