import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Host } from '@/lib/domain/host'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { applicationOf } from '@/lib/operations/application-of'
import { bootStartOf } from '@/lib/operations/boot-start-of'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { scheduleOf } from '@/lib/operations/schedule-of'
import { FolderHost } from '@/test/harness/folder-host'
import { labWorlds } from '@/test/harness/lab-worlds'
import { hostFactsOf } from '@/test/harness/operation-facts'
import { phantomPlaces } from '@/test/harness/places'

const { profile } = labWorlds['soar-unprivileged']
const both = '@reboot /opt/phantom/bin/start_phantom.sh'
const own = `# Jobs of phantom.\n17 4 * * * /opt/phantom/bin/phsvc status\n${both}\n`
const host: Host = {
  id: 'id-alpha',
  name: 'alpha',
  address: '10.7.0.11',
  port: 22,
  user: 'phantom',
  authKind: 'key',
  hostKey: 'ssh-ed25519 AAAA',
  hostKeyFingerprint: 'SHA256:x',
  privilege: 'unprivileged',
  machineId: null,
  home: '/home/phantom',
  accessRevision: 1,
}
const factsOf = (over: Partial<HostFacts> = {}) =>
  hostFactsOf('alpha', { isUnprivileged: true, bootLines: [both], applicationHealthy: true, ...over })
const signal = new AbortController().signal

let machine: FolderHost
const crontab = () => (machine.has('/.crontab') ? machine.read('/.crontab') : '')
const runs = () => machine.has('/.running')

beforeEach(() => {
  machine = new FolderHost('alpha', '10.7.0.11')
  const program = (path: string, text: string) => machine.put(path, `#!/bin/sh\n${text}\n`, 0o755)
  program(
    '/.bin/crontab',
    'case $1 in -l) [ -e "$ROOT/.crontab" ] || { echo "no crontab for phantom" >&2; exit 1; }; cat "$ROOT/.crontab" ;; -r) rm -f "$ROOT/.crontab" ;; -) cat >"$ROOT/.crontab" ;; *) exit 9 ;; esac',
  )
  program('/opt/phantom/bin/start_phantom.sh', ': >"$ROOT/.running"')
  program('/opt/phantom/bin/stop_phantom.sh', 'rm -f "$ROOT/.running"')
  program('/opt/phantom/bin/phsvc', '[ -e "$ROOT/.running" ]')
  machine.put('/home/phantom/here', '')
  machine.put('/.crontab', own)
  machine.put('/.running', '')
})
afterEach(() => machine.dispose())

const control = (facts = factsOf()) => {
  const application = applicationOf({ profile, host, slug: 'soar', facts })
  if (!application) throw new Error('the profile names no application')
  return application
}

describe('an application without a unit', () => {
  test('is off once it is stopped and its line in the crontab is a comment, and is brought back exactly', async () => {
    const application = control()
    expect(await application.isOff(machine.door)).toBe(false)
    for (let round = 0; round < 2; round++) await application.stop(machine.door, signal)
    expect({ runs: runs(), crontab: crontab() }).toEqual({
      runs: false,
      crontab: own.replace('@reboot', '# held by understudy soar application: @reboot'),
    })
    expect(await application.isOff(machine.door)).toBe(true)
    for (let round = 0; round < 2; round++) await application.restore(machine.door)
    expect({ runs: runs(), crontab: crontab() }).toEqual({ runs: true, crontab: own })
  })

  test('that was stopped while its line could not be held is not off: a reboot would bring it back', async () => {
    machine.remove('/.running')
    expect(await control().isOff(machine.door)).toBe(false)
  })

  test('that somebody started again is not off', async () => {
    const application = control()
    await application.stop(machine.door, signal)
    machine.put('/.running', '')
    expect(await application.isOff(machine.door)).toBe(false)
  })

  test('that did not run before is not started by an undo', async () => {
    const application = control(factsOf({ applicationHealthy: false }))
    await application.stop(machine.door, signal)
    await application.restore(machine.door)
    expect({ runs: runs(), crontab: crontab() }).toEqual({ runs: false, crontab: own })
  })

  test('is started, and starts at boot: by its own line where that was held', async () => {
    const application = control()
    await application.stop(machine.door, signal)
    expect(await application.isOn(machine.door)).toBe(false)
    await application.start(machine.door, signal)
    expect(await application.isOn(machine.door)).toBe(true)
    expect({ runs: runs(), crontab: crontab() }).toEqual({ runs: true, crontab: own })
  })

  test('is started, and starts at boot: by a line of ours where there was none', async () => {
    machine.put('/.crontab', '@reboot pg_ctl start\n')
    await control(factsOf({ bootLines: ['@reboot pg_ctl start'] })).start(machine.door, signal)
    expect(crontab()).toMatch(
      new RegExp(
        `^@reboot pg_ctl start\n# BEGIN understudy soar boot .*\n${both}\n# END understudy soar boot\n$`,
      ),
    )
  })

  test('whose stop fails says so with what it said', async () => {
    machine.put('/opt/phantom/bin/stop_phantom.sh', '#!/bin/sh\necho "license expired"\nexit 3\n', 0o755)
    await expect(control().stop(machine.door, signal)).rejects.toMatchObject({
      detail: expect.stringMatching(/^exit code 3: license expired/),
    })
    expect(crontab()).toBe(own)
  })

  test('of a host with root has no crontab of ours to change', async () => {
    const application = applicationOf({
      profile,
      host: { ...host, privilege: 'root', user: 'root', home: '/root' },
      slug: 'soar',
      facts: hostFactsOf('alpha', { applicationHealthy: true }),
    })
    await application?.stop(machine.door, signal)
    expect(await application?.isOff(machine.door)).toBe(true)
    await application?.start(machine.door, signal)
    expect(await application?.isOn(machine.door)).toBe(true)
    expect(crontab()).toBe(own)
  })

  test('is none where the profile names no commands either', () => {
    const application = { ...profile.application, stop: null }
    expect(applicationOf({ profile: { application }, host, slug: 'soar', facts: factsOf() })).toBeNull()
  })
})

describe('what starts PostgreSQL at boot', () => {
  const layout: PostgresLayout = {
    versionNum: 150018,
    systemIdentifier: '7',
    dataDirectory: '/opt/phantom/data/db',
    configFile: '/opt/phantom/data/db/postgresql.conf',
    hbaFile: '/opt/phantom/data/db/pg_hba.conf',
    binDirectory: '/usr/lib/postgresql/15/bin',
    unit: null,
    startConf: null,
    serverLog: '/home/phantom/.understudy/state/postgresql.log',
    osUser: 'phantom',
    port: 5432,
    socketDirectory: '/tmp',
    walSegmentBytes: 16_777_216,
  }
  const lines = `${own}@reboot pg_ctl -D /opt/phantom/data/db start\n@reboot /home/phantom/backup.sh\n`
  const boot = bootStartOf({ layout, host, profile, name: 'soar fence' })

  test('is held whole, with the application that brings it up; a line of something else stays', async () => {
    machine.put('/.crontab', lines)
    expect(await boot.isInCrontab(machine.door)).toBe(true)
    for (let round = 0; round < 2; round++) await boot.hold(machine.door)
    expect(await boot.isInCrontab(machine.door)).toBe(false)
    expect(crontab()).toMatch(/^@reboot \/home\/phantom\/backup\.sh$/m)
    expect(crontab().match(/^# held by understudy soar fence: @reboot/gm)).toHaveLength(2)
    await boot.release(machine.door)
    expect(crontab()).toBe(lines)
  })

  test('where systemd does is no line of a crontab', async () => {
    const ofUnit = bootStartOf({ layout: { ...layout, unit: 'x.service' }, host, profile, name: 'x' })
    expect(await ofUnit.isInCrontab(machine.door)).toBe(false)
  })
})

describe('the schedule of the file sync', () => {
  const places = phantomPlaces('soar')
  const schedule = scheduleOf({
    places: { primary: places, standby: places },
    primary: { address: '10.7.0.11', port: 22, user: 'phantom', hostKey: 'ssh-ed25519 AAAA' },
    standbyAddress: '10.7.0.12',
    database: null,
    logDirectory: profile.logDirectory,
    directories: profile.directories.slice(0, 2),
    packages: null,
  })
  const rotation = '/home/phantom/.understudy/etc/soar/logrotate.conf'

  test('is a block of the crontab that is put, stopped, started and removed; nothing of it is left', async () => {
    const { door } = machine
    const unprivileged = { ...door, privilege: 'unprivileged' as const }
    expect(await schedule.isPut(unprivileged)).toBe(false)
    for (let round = 0; round < 2; round++) await schedule.put(unprivileged)
    expect(await schedule.isPut(unprivileged)).toBe(true)
    expect(crontab()).toMatch(
      /^\* \* \* \* \* \/home\/phantom\/\.understudy\/lib\/understudy-sync soar vault /m,
    )
    expect(machine.read(rotation)).toContain('"/opt/phantom/var/log/phantom/rsync_vault.log"')
    await schedule.stop(unprivileged, 300)
    expect(await schedule.isStopped(unprivileged)).toBe(true)
    await schedule.start(unprivileged)
    expect(await schedule.isStopped(unprivileged)).toBe(false)
    expect(await schedule.isPut(unprivileged)).toBe(true)
    await schedule.remove(unprivileged)
    expect(crontab()).toBe(own)
    expect(machine.has(rotation)).toBe(false)
  })

  test.each([
    ['that can’t be read', 'exit 126', 'exit code 126'],
    [
      'that cron does not let its user read',
      'echo "You (phantom) are not allowed to use this program (crontab)" >&2; exit 1',
      'You (phantom) are not allowed to use this program',
    ],
  ])('is not written over a crontab %s', async (_, reading, said) => {
    const program = `#!/bin/sh\n[ "$1" = - ] && exec cat >"$ROOT/.crontab"\n${reading}\n`
    machine.put('/.bin/crontab', program, 0o755)
    await expect(schedule.put(machine.door)).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
      message: expect.stringContaining(said),
    })
    expect(crontab()).toBe(own)
  })

  test('leaves a user without a crontab without one', async () => {
    machine.remove('/.crontab')
    await schedule.put(machine.door)
    await schedule.remove(machine.door)
    expect(machine.has('/.crontab')).toBe(false)
  })
})
