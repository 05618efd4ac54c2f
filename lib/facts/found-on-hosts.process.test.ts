import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyingJobsQuestion, parseCopyingJobs } from '@/lib/facts/copying-jobs'
import { parseReplicationTools, replicationToolsQuestion } from '@/lib/facts/replication-tools'
import { FolderHost } from '@/test/harness/folder-host'
import { tracesOf } from '@/test/harness/folder-pair'

let host: FolderHost
const program = (path: string, text: string) => host.put(path, `#!/bin/sh\n${text}\n`, 0o755)
beforeEach(() => {
  host = new FolderHost('beta', '10.7.0.12')
  program('/.bin/ps', 'echo bash; echo repmgrd')
  program('/.bin/systemctl', 'exit 1')
})
afterEach(() => host.dispose())

const jobs = async (keeper: 'root' | 'login') =>
  parseCopyingJobs((await host.door.runOrThrow(copyingJobsQuestion({ keeper }), { timeoutMs: 9_000 })).stdout)

describe('what copies files, asked of a real shell', () => {
  test('is found in everybody’s crontabs, in system tables and in scripts; nothing is changed by the question', async () => {
    program('/.bin/id', 'case $1 in -u) echo 0 ;; *) echo root ;; esac')
    host.put('/var/spool/cron/crontabs/root', '*/5 * * * * rsync -a db1:/srv/a/ /srv/a/')
    host.put('/var/spool/cron/crontabs/ann', '# nothing\n')
    host.put('/etc/crontab', '17 * * * * root run-parts\n')
    host.put('/etc/cron.d/sync', `* * * * * root ${host.path('/usr/local/bin/sync.sh')} >/dev/null\n`)
    host.put('/usr/local/bin/sync.sh', '#!/bin/sh\nrsync -a db1:/srv/b/ /srv/b/\n', 0o755)
    const before = tracesOf(host)
    const found = await jobs('root')
    expect(found.jobs.map(({ place, copies }) => [place, copies[0]?.to.path])).toEqual([
      [{ kind: 'crontab', user: 'root' }, '/srv/a'],
      [{ kind: 'file', path: '/etc/cron.d/sync' }, '/srv/b'],
    ])
    expect(found.unread).toEqual([])
    expect(tracesOf(host)).toBe(before)
  })

  test('is found by a login without root in its own crontab, and what it may not read is told', async () => {
    program('/.bin/id', 'case $1 in -u) echo 1000 ;; *) echo phantom ;; esac')
    program(
      '/.bin/crontab',
      "printf '%s\\n' '* * * * * rsync -a /opt/phantom/vault/ db2:/opt/phantom/vault/'",
    )
    expect((await jobs('login')).jobs).toMatchObject([
      { place: { kind: 'crontab', user: 'phantom' }, runsAs: 'phantom', copies: [{ to: { host: 'db2' } }] },
    ])
    program('/.bin/crontab', 'echo "you may not" >&2; exit 1')
    expect((await jobs('login')).unread).toEqual(['the crontab of phantom'])
    program('/.bin/crontab', 'echo "no crontab for phantom" >&2; exit 1')
    expect(await jobs('login')).toMatchObject({ jobs: [], unread: [] })
  })

  test('is found in timers of systemd', async () => {
    program('/.bin/id', 'case $1 in -u) echo 0 ;; *) echo root ;; esac')
    program(
      '/.bin/systemctl',
      `case "$*" in
list-unit-files*) echo 'sync.timer enabled enabled'; echo 'x@.timer static -' ;;
'show -p Unit --value -- sync.timer') echo sync.service ;;
'cat -- sync.service') printf '[Service]\\nUser=backup\\nExecStart=-/usr/bin/rsync -a db1:/srv/a/ /srv/a/\\n' ;;
'cat -- sync.timer') printf '[Timer]\\nOnCalendar=*:0/10\\n' ;;
'show -p User --value -- sync.service') echo backup ;;
'is-active -- sync.timer') echo active ;;
'is-enabled -- sync.timer') echo enabled ;;
esac`,
    )
    expect((await jobs('root')).jobs).toMatchObject([
      {
        place: { kind: 'timer', timer: 'sync.timer', isActive: true },
        schedule: '*/10 * * * *',
        runsAs: 'backup',
      },
    ])
  })
})

describe('what made a replication, asked of a real shell', () => {
  const asked = {
    dataDirectory: '/var/lib/postgresql/15/main',
    passwordFiles: ['/var/lib/postgresql/own.pgpass'],
    programDirectories: ['/opt/phantom/bin'],
    logDirectories: ['/var/log/phantom'],
  }
  const tools = async () => {
    const { stdout } = await host.door.runOrThrow(replicationToolsQuestion(asked), { timeoutMs: 9_000 })
    return { stdout, found: parseReplicationTools(stdout) }
  }

  test('is told by its files, units and processes', async () => {
    host.put('/etc/repmgr.conf', 'node_id=1\n')
    program('/.bin/repmgr', 'echo "repmgr 5.3.3"')
    program(
      '/.bin/systemctl',
      `case "$*" in
list-unit-files*) echo 'repmgrd.service generated -'; echo 'patroni@.service disabled' ;;
'is-active -- repmgrd.service') echo active ;;
'is-enabled -- repmgrd.service') echo enabled ;;
esac`,
    )
    host.put('/etc/default/repmgrd', '# yes/no\nREPMGRD_ENABLED=no\n')
    host.put('/opt/phantom/bin/setup_warm_standby.pyc', '')
    host.put('/var/lib/postgresql/15/main/standby.signal', '')
    const { found } = await tools()
    expect(found).toMatchObject({
      repmgr: { configFiles: ['/etc/repmgr.conf'], version: '5.3.3' },
      units: [{ name: 'repmgrd.service', activeState: 'active', enabledState: 'disabled' }],
      processes: ['repmgrd'],
      seedScripts: ['/opt/phantom/bin/setup_warm_standby.pyc'],
      data: { signalBytes: 0, hasRecoveryConf: false, hasBackupLabel: false },
    })
    host.put('/etc/default/repmgrd', 'REPMGRD_ENABLED="yes"\n')
    expect((await tools()).found.units).toMatchObject([{ enabledState: 'enabled' }])
  })

  test('never brings a password, however it is written into its file', async () => {
    host.put(
      '/var/lib/postgresql/own.pgpass',
      '# repl:hunter2\n10.0.0.1:5432:replication:repl:hunter2\nfd00\\:\\:1:*:*:re\\:pl:hun\\:ter2\\\\:hunter2\nbroken:hunter2\n',
      0o600,
    )
    const { stdout, found } = await tools()
    expect(stdout).not.toMatch(/hun\\?:?ter2/)
    expect(found.passwordLines).toEqual([
      {
        file: '/var/lib/postgresql/own.pgpass',
        host: '10.0.0.1',
        port: '5432',
        database: 'replication',
        user: 'repl',
      },
      { file: '/var/lib/postgresql/own.pgpass', host: 'fd00::1', port: '*', database: '*', user: 're:pl' },
    ])
  })
})
