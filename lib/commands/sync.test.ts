import { describe, expect, test } from 'vitest'
import { toPreview } from '@/lib/commands/command'
import {
  binPath,
  crontabLines,
  directoriesFor,
  runnerFiles,
  type Sync,
  scheduleFiles,
} from '@/lib/commands/sync'
import {
  addAuthorization,
  authorizedLine,
  makeAccessDirectory,
  proveAccess,
  removeAuthorization,
} from '@/lib/commands/sync-access'
import { firstCopy, pullNow } from '@/lib/commands/sync-runs'
import { bringTargetBack } from '@/lib/commands/sync-targets'
import { phantomPlaces, rootPlaces } from '@/test/harness/places'

const directory = { title: 'Vault', log: 'rsync_vault.log', schedule: '* * * * *' }
const at = rootPlaces('ledger')
const sync: Sync = {
  places: { primary: at, standby: at },
  primary: { address: '10.0.0.1', port: 22, user: 'root', hostKey: 'ssh-ed25519 AAAA' },
  standbyAddress: '10.0.0.2',
  database: {
    owner: 'postgres',
    socketDirectory: '/var/run/postgresql',
    port: 5432,
    binDirectory: '/usr/lib/postgresql/15/bin',
  },
  logDirectory: '/var/log/ledger',
  directories: [
    { ...directory, id: 'vault', path: '/srv/ledger/vault' },
    {
      ...directory,
      id: 'reports',
      path: '/srv/ledger/vault/reports [old]',
      log: 'rsync_reports.log',
      schedule: '*/5 * * * *',
    },
  ],
  packages: null,
}
const contentOf = (of: Sync, path: string) => runnerFiles(of).find((file) => file.path === path)?.content

describe('what the standby gets', () => {
  test('settings of the pair: whom to ask, what to check first, and the limits', () => {
    expect(contentOf(sync, '/etc/understudy/ledger/pair.conf')).toBe(`primary=10.0.0.1
primary_port=22
primary_user=root
check_role=yes
database_owner=postgres
database_socket=/var/run/postgresql
database_port=5432
database_bin=/usr/lib/postgresql/15/bin
log_directory=/var/log/ledger
timeout_seconds=60
delete_max=1000
keep_days=14
`)
    expect(contentOf({ ...sync, database: null }, '/etc/understudy/ledger/pair.conf')).toContain(
      'check_role=file\n',
    )
  })

  test('a directory’s own settings; what lies in it and has its own copy is left out, whatever its name', () => {
    expect(contentOf(sync, '/etc/understudy/ledger/directories/vault.conf')).toBe(
      'path=/srv/ledger/vault\nlog=rsync_vault.log\nbin=/srv/ledger/.understudy-bin-ledger/vault\n',
    )
    expect(contentOf(sync, '/etc/understudy/ledger/directories/vault.exclude')).toBe(
      '/lost+found/\n/.understudy-*/\n/reports \\[old]/\n',
    )
    expect(contentOf(sync, '/etc/understudy/ledger/directories/reports.exclude')).toBe(
      '/lost+found/\n/.understudy-*/\n',
    )
  })

  test('one host key of the primary, with the port where it is not 22', () => {
    expect(contentOf(sync, '/etc/understudy/ledger/known_hosts')).toBe('10.0.0.1 ssh-ed25519 AAAA\n')
    const other = { ...sync, primary: { ...sync.primary, port: 2222, address: 'fd00::1' } }
    expect(contentOf(other, '/etc/understudy/ledger/known_hosts')).toBe('[fd00::1]:2222 ssh-ed25519 AAAA\n')
  })

  test('the bin lies beside the outermost directory, never inside of one that is copied', () => {
    for (const one of sync.directories) {
      const bin = binPath(sync, one)
      expect(bin).toBe(`/srv/ledger/.understudy-bin-ledger/${one.id}`)
      expect(sync.directories.some(({ path }) => bin.startsWith(`${path}/`))).toBe(false)
    }
    const top = { ...directory, id: 'data', path: '/data' }
    expect(binPath({ ...sync, directories: [top] }, top)).toBe('/.understudy-bin-ledger/data')
  })

  test('the folders that the files need', () => {
    expect(directoriesFor(runnerFiles(sync))).toEqual([
      '/usr/local/lib/understudy',
      '/etc/understudy/ledger',
      '/etc/understudy/ledger/directories',
    ])
  })

  test.each([
    ['an id with a slash', { id: '../x' }],
    ['an id that a shell would split', { id: 'a b' }],
    ['a path with a line break', { path: '/srv/a\nlog_directory=/etc' }],
    ['a path that ends with a space', { path: '/srv/a ' }],
    ['a relative path', { path: 'srv' }],
    ['a log in another folder', { log: '../cron.d/x' }],
  ])('%s is refused', (_, wrong) => {
    const of = { ...sync, directories: [{ ...directory, id: 'vault', path: '/srv/a', ...wrong }] }
    expect(() => runnerFiles(of)).toThrow(RangeError)
    expect(() => scheduleFiles(of)).toThrow(RangeError)
  })
})

test('cron copies each directory by its own schedule and what was missed by one of ours, and logs are rotated by name', () => {
  const [cron, rotation] = scheduleFiles(sync)
  expect(cron).toMatchObject({ path: '/etc/cron.d/understudy-ledger', mode: '0644', owner: 'root:root' })
  expect(cron?.content.split('\n').slice(-5)).toEqual([
    '* * * * * root /usr/local/lib/understudy/understudy-sync ledger vault',
    '*/5 * * * * root /usr/local/lib/understudy/understudy-sync ledger reports',
    '@reboot root /usr/local/lib/understudy/understudy-catch-up ledger --boot',
    '*/10 * * * * root /usr/local/lib/understudy/understudy-catch-up ledger',
    '',
  ])
  expect(rotation?.content).toContain(
    '"/var/log/ledger/rsync_vault.log" "/var/log/ledger/rsync_reports.log" /var/lib/understudy/ledger/runs/*.jsonl {',
  )
})

test('the standby’s key is let in from its address alone, for one program, without a terminal or a tunnel', () => {
  expect(authorizedLine(sync, 'ssh-ed25519 AAAA understudy-ledger\n')).toBe(
    'restrict,from="10.0.0.2",command="/usr/local/lib/understudy/understudy-send ledger" ssh-ed25519 AAAA understudy-ledger',
  )
})

test('commands run as root and say what they do', () => {
  expect(toPreview(firstCopy(at, 'vault'))).toBe(
    '# /usr/local/lib/understudy/understudy-sync ledger vault --first',
  )
  expect(toPreview(pullNow(at, 'vault'))).toBe(
    '# /usr/local/lib/understudy/understudy-sync ledger vault --now',
  )
  for (const command of [proveAccess(sync), makeAccessDirectory(at, 'ops')])
    expect(toPreview(command)).toMatch(/^# /)
})

test('whose authorized_keys it is changes it, and never root: a link in there could lead root anywhere', () => {
  for (const command of [addAuthorization(at, 'ops', 'line'), removeAuthorization(at, 'ops')])
    expect(command.as).toBe('login')
})

test('only a copy with our mark is ever removed', () => {
  const removal = (staysInPlace: boolean) =>
    bringTargetBack(at, { id: 'vault', path: '/srv/ledger/vault', staysInPlace }, '0123abcd').text
  expect(removal(false).match(/rm -rf .*/g)).toEqual(['rm -rf -- /srv/ledger/vault.understudy-0123abcd-copy'])
  expect(removal(true)).toContain('copy=/srv/ledger/vault/.understudy-0123abcd-copy\n')
  expect(removal(true).match(/rm -rf -- \S+/g)).toEqual(['rm -rf -- "$copy"'])
})

describe('without privileges', () => {
  const home = phantomPlaces('soar')
  const soar: Sync = {
    ...sync,
    places: { primary: home, standby: home },
    primary: { ...sync.primary, user: 'phantom' },
  }

  test('everything lies below the home of the login user and is its own', () => {
    for (const { path, owner } of [...runnerFiles(soar), ...scheduleFiles(soar)]) {
      expect(path).toMatch(/^\/home\/phantom\/\.understudy\/(etc|lib)\//)
      expect(owner).toBe('phantom:')
    }
    expect(
      scheduleFiles(soar)
        .map(({ content }) => content)
        .join(),
    ).not.toContain('su root')
    expect(authorizedLine(soar, 'ssh-ed25519 AAAA')).toContain(
      'command="/home/phantom/.understudy/lib/understudy-send soar"',
    )
  })

  test('commands run as the login user', () => {
    for (const command of [
      proveAccess(soar),
      addAuthorization(home, 'phantom', 'line'),
      pullNow(home, 'vault'),
    ])
      expect(toPreview(command)).toMatch(/^\$ /)
  })

  test('the crontab’s lines set no variable, mail nobody and hold nothing that cron would take for a line’s end', () => {
    const [vault, reports, boot, missed, rotation, ...rest] = crontabLines(soar)
    expect(vault).toBe('* * * * * /home/phantom/.understudy/lib/understudy-sync soar vault >/dev/null 2>&1')
    expect(reports).toMatch(/^\*\/5 \* \* \* \* .*understudy-sync soar reports /)
    expect(boot).toMatch(/^@reboot .*understudy-catch-up soar --boot /)
    expect(missed).toMatch(/^\*\/10 \* \* \* \* .*understudy-catch-up soar >/)
    expect(rotation).toContain(
      'logrotate -s /home/phantom/.understudy/state/soar/logrotate.status /home/phantom/.understudy/etc/soar/logrotate.conf ',
    )
    expect(rest).toEqual([])
    expect([vault, reports, boot, missed, rotation].join()).not.toContain('%')
  })
})
