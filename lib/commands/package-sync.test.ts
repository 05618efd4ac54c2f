import { describe, expect, test } from 'vitest'
import type { PackageSync } from '@/lib/commands/package-sync'
import { crontabLines, runnerFiles, type Sync, scheduleFiles, senderFiles } from '@/lib/commands/sync'
import { keepPackagesNow } from '@/lib/commands/sync-runs'
import { packageSettingOf } from '@/lib/domain/package-setting'
import { isSchedule } from '@/lib/domain/schedule'
import { phantomPlaces, rootPlaces } from '@/test/harness/places'

const packages: PackageSync = {
  schedule: '7 3 * * *',
  installs: true,
  system: true,
  pip: { command: '/opt/app/bin/phenv python3 -m pip', user: true, wheelDirectory: '/srv/my wheels' },
}
const at = rootPlaces('ledger')
const sync: Sync = {
  places: { primary: at, standby: at },
  primary: { address: '10.0.0.1', port: 22, user: 'root', hostKey: 'ssh-ed25519 AAAA' },
  standbyAddress: '10.0.0.2',
  database: null,
  logDirectory: '/var/log/ledger',
  directories: [],
  packages,
}
const contents = (files: ReturnType<typeof runnerFiles>) =>
  Object.fromEntries(files.map(({ path, content }) => [path, content]))

describe('a pair that keeps packages', () => {
  test('tells the standby’s runner what to keep and from where to install, as data', () => {
    const files = contents(runnerFiles(sync))
    expect(files['/etc/understudy/ledger/packages.conf']).toBe(
      'system=yes\npip=yes\npip_user=yes\nwheel_directory=/srv/my wheels\ninstall=yes\n',
    )
    expect(files['/etc/understudy/ledger/packages.pip']).toBe('/opt/app/bin/phenv python3 -m pip "$@"\n')
    expect(files['/usr/local/lib/understudy/understudy-packages']).toMatch(/^#!\/bin\/sh\n/)
  })

  test('tells the primary no more than what it is asked for', () => {
    const files = contents(senderFiles(sync))
    expect(files['/etc/understudy/ledger/send-packages.conf']).toBe('system=yes\npip=yes\n')
    expect(files['/etc/understudy/ledger/send-packages.pip']).toBe('/opt/app/bin/phenv python3 -m pip "$@"\n')
    expect(Object.keys(files)).toHaveLength(4)
  })

  test('has cron keep them by its schedule, also where no directory is copied, and rotates their logs and records', () => {
    const [cron, rotation] = scheduleFiles(sync)
    expect(cron?.content).toContain('\n7 3 * * * root /usr/local/lib/understudy/understudy-packages ledger\n')
    for (const log of ['rsync_deb_req.log', 'rsync_rpm_req.log', 'rsync_pip_req.log'])
      expect(rotation?.content).toContain(`"/var/log/ledger/${log}"`)
    expect(rotation?.content).toContain(' /var/lib/understudy/ledger/packages/*.jsonl {')
    const home = phantomPlaces('soar')
    const soar = { ...sync, places: { primary: home, standby: home } }
    expect(crontabLines(soar)).toContain(
      '7 3 * * * /home/phantom/.understudy/lib/understudy-packages soar >/dev/null 2>&1',
    )
  })

  test('hands what is installed now in as data, a package a line', () => {
    const command = keepPackagesNow(at, [{ kind: 'pip', name: 'requests', version: '2.31.0' }])
    expect(command.text).toBe('/usr/local/lib/understudy/understudy-packages ledger --now')
    expect(command.stdin).toBe('pip\trequests\t2.31.0\n')
  })
})

test('a pair that keeps none has no file, line or log of it', () => {
  const none = { ...sync, packages: null }
  const all = [...runnerFiles(none), ...senderFiles(none), ...scheduleFiles(none)]
  for (const { path } of all) expect(path).not.toContain('packages')
  expect(
    scheduleFiles(none)
      .map(({ content }) => content)
      .join(),
  ).not.toMatch(/understudy-packages|_req\.log/)
})

test('a pair that says nothing is kept once a night, at a minute of its own, and installs; what is set holds', () => {
  const schedules = Array.from({ length: 300 }, (_, index) => packageSettingOf(undefined, `pair-${index}`))
  for (const { schedule, installs } of schedules) {
    expect(isSchedule(schedule)).toBe(true)
    expect(schedule).toMatch(/^\d{1,2} [2-5] \* \* \*$/)
    expect(installs).toBe(true)
  }
  expect(new Set(schedules.map(({ schedule }) => schedule)).size).toBeGreaterThan(100)
  const own = { schedule: '0 4 * * 0', installs: false }
  expect(packageSettingOf(own, 'ledger')).toEqual(own)
})
