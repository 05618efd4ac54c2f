import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import { hostPlaces, pairPlaces } from '@/lib/domain/host-places'
import { digestOf } from '@/lib/facts/copying-jobs'
import { canChange, jobHoldsOf } from '@/lib/operations/adopt/job-hold'
import { aJob } from '@/test/harness/adoption'
import { FolderHost } from '@/test/harness/folder-host'
import { tracesOf } from '@/test/harness/folder-pair'
import { hostOf } from '@/test/harness/operation-facts'

let host: FolderHost
beforeEach(() => {
  host = new FolderHost('beta', '10.7.0.12')
})
afterEach(() => host.dispose())

const atRoot = pairPlaces(hostOf('beta', '10.7.0.12', { privilege: 'root' }), 'ledger')
const login = hostOf('beta', '10.7.0.12', {
  user: 'phantom',
  privilege: 'unprivileged',
  home: '/home/phantom',
})
const atLogin = pairPlaces(login, 'ledger')
const line = '*/5 * * * * rsync -a 10.7.0.11:/srv/a/ /srv/a/ # 100% of it'
const jobAt = (place: FoundJob['place']): FoundJob => ({ ...aJob, place, line, digest: digestOf(line) })
const timer = {
  kind: 'timer',
  timer: 'fetch.timer',
  service: 'fetch.service',
  isActive: true,
  isEnabled: true,
} as const

/** Each place in which a job may stand, with what is there before. */
const places: readonly [string, FoundJob['place'], typeof atRoot, string, () => void][] = [
  [
    'root’s own crontab',
    { kind: 'crontab', user: 'root' },
    atRoot,
    'root',
    () => host.put('/var/spool/cron/crontabs/root', `# mine\n${line}\n1 2 * * * true`, 0o600),
  ],
  [
    'a file of /etc/cron.d',
    { kind: 'file', path: '/etc/cron.d/sync' },
    atRoot,
    'root',
    () => host.put('/etc/cron.d/sync', `SHELL=/bin/sh\n${line}\n`, 0o640),
  ],
  [
    'the crontab of a login that becomes nobody else',
    { kind: 'crontab', user: 'phantom' },
    atLogin,
    'phantom',
    () => {
      host.put('/.user', 'phantom')
      host.put('/var/spool/cron/crontabs/phantom', `${line}\n@reboot true\n`)
    },
  ],
  [
    'a timer',
    timer,
    atRoot,
    'root',
    () => {
      host.put('/.units/fetch.timer/active', '')
      host.put('/.units/fetch.timer/enabled', '')
    },
  ],
]

describe.each(places)('a job in %s', (_, place, at, user, prepare) => {
  test('is held and released, twice as well as once, and the host is as it was', async () => {
    prepare()
    const before = tracesOf(host)
    const [hold, ...more] = jobHoldsOf(at, user, [jobAt(place)])
    if (!hold) throw new Error('there is a job')
    expect(more).toEqual([])
    expect([await hold.isHeld(host.door), await hold.isReleased(host.door)]).toEqual([false, true])
    for (let round = 0; round < 2; round += 1) await hold.hold(host.door)
    expect([await hold.isHeld(host.door), await hold.isReleased(host.door)]).toEqual([true, false])
    for (let round = 0; round < 2; round += 1) await hold.release(host.door)
    expect([await hold.isHeld(host.door), await hold.isReleased(host.door)]).toEqual([false, true])
    expect(tracesOf(host)).toBe(before)
  })

  test('that is gone by then is no reason to fail', async () => {
    const [hold] = jobHoldsOf(at, user, [jobAt(place)])
    if (!hold) throw new Error('there is a job')
    await hold.hold(host.door)
    expect(await hold.isHeld(host.door)).toBe(true)
  })

  test('is shown before it is touched', () => {
    const [hold] = jobHoldsOf(at, user, [jobAt(place)])
    const text = JSON.stringify(hold?.preview)
    expect(text).toContain(
      place.kind === 'timer' ? 'systemctl disable' : '# held by understudy ledger adopt: ',
    )
  })
})

test('jobs in one table are held in one go, those of others apart', () => {
  const crontab = { kind: 'crontab', user: 'root' } as const
  const other = { ...jobAt(crontab), line: 'x', digest: digestOf('x') }
  expect(jobHoldsOf(atRoot, 'root', [jobAt(crontab), other, jobAt(timer)])).toHaveLength(2)
})

test('without root only the login’s own crontab can be changed', () => {
  const can = (place: FoundJob['place'], at: Parameters<typeof canChange>[1]) =>
    canChange({ place }, at, 'phantom')
  expect(can({ kind: 'crontab', user: 'phantom' }, hostPlaces(login))).toBe(true)
  for (const place of [
    { kind: 'crontab', user: 'root' },
    { kind: 'file', path: '/etc/cron.d/x' },
    timer,
  ] as const) {
    expect(can(place, hostPlaces(login))).toBe(false)
    expect(can(place, atRoot)).toBe(true)
  }
})
