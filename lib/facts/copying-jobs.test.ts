import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseCopyingJobs } from '@/lib/facts/copying-jobs'
import { cronLine, timerSchedule } from '@/lib/facts/time-tables'

const answer = (...sections: readonly string[]) => `${sections.join('\n')}\n@end\n`
const sum = (line: string) => createHash('sha256').update(line).digest('hex')

describe('a line of a crontab', () => {
  test.each([
    ['*/5 * * * * rsync -a a b', false, { schedule: '*/5 * * * *', user: null, command: 'rsync -a a b' }],
    [
      '*/5\t* * * *  root  rsync -a a b',
      true,
      { schedule: '*/5 * * * *', user: 'root', command: 'rsync -a a b' },
    ],
    ['@hourly root rsync -a a b', true, { schedule: '0 * * * *', user: 'root', command: 'rsync -a a b' }],
    ['@reboot rsync -a a b', false, { schedule: null, user: null, command: 'rsync -a a b' }],
    [
      '1 2 * * * date +\\%F | mail a%in put',
      false,
      { schedule: '1 2 * * *', user: null, command: 'date +%F | mail a' },
    ],
    ['99 * * * * rsync -a a b', false, { schedule: null, user: null, command: 'rsync -a a b' }],
    ['# 1 2 * * * rsync', false, null],
    ['MAILTO="x"', false, null],
    ['PATH = /usr/bin', false, null],
    ['', false, null],
  ] as const)('%j', (line, namesUser, expected) => {
    expect(cronLine(line, namesUser)).toEqual(expected)
  })
})

test.each([
  [['OnCalendar=*:0/5'], '*/5 * * * *'],
  [['OnCalendar=*-*-* *:00/10:00'], '*/10 * * * *'],
  [['OnCalendar=hourly'], '0 * * * *'],
  [['OnCalendar=*-*-* 03:30:00'], '30 3 * * *'],
  [['OnBootSec=5min', 'OnUnitActiveSec=15min'], '*/15 * * * *'],
  [['OnCalendar=Mon..Fri 10:00'], null],
  [[], null],
] as const)('a timer with %j runs as cron would by %j', (settings, expected) => {
  expect(timerSchedule(settings)).toBe(expected)
})

describe('what copies files on a host', () => {
  test('is told by its place, its schedule, who runs it and what it copies', () => {
    const line = '*/2 * * * * root rsync -a --delete db1:/srv/vault/ /srv/vault/ >>/var/log/sync.log 2>&1'
    const { jobs } = parseCopyingJobs(answer('@file /etc/cron.d/sync', `\t# ours`, `\t${line}`))
    expect(jobs).toEqual([
      {
        place: { kind: 'file', path: '/etc/cron.d/sync' },
        schedule: '*/2 * * * *',
        runsAs: 'root',
        line,
        digest: sum(line),
        script: null,
        copies: [
          {
            from: { host: 'db1', user: null, path: '/srv/vault', isModule: false },
            to: { host: null, user: null, path: '/srv/vault', isModule: false },
            deletes: true,
            filters: [],
          },
        ],
      },
    ])
  })

  test('never tells a secret, and is still found again by its line', () => {
    const line = "*/2 * * * * RSYNC_PASSWORD='hunter2' rsync -a db1::vault/ /srv/vault/"
    const found = parseCopyingJobs(answer('@crontab root', `\t${line}`))
    expect(JSON.stringify(found)).not.toContain('hunter2')
    expect(found.jobs[0]).toMatchObject({ digest: sum(line), runsAs: 'root' })
  })

  test('may be a script that rsync stands in, with names for its directories', () => {
    const script = [
      '@script /usr/local/bin/sync.sh',
      '\t#!/bin/sh',
      '\tDIR=/srv/vault',
      '\trsync -a \\',
      '\t  "$DIR/" db2:$DIR/',
    ]
    const { jobs } = parseCopyingJobs(
      answer('@crontab root', '\t* * * * * /usr/local/bin/sync.sh', ...script),
    )
    expect(jobs[0]).toMatchObject({
      script: '/usr/local/bin/sync.sh',
      copies: [{ from: { host: null, path: '/srv/vault' }, to: { host: 'db2', path: '/srv/vault' } }],
    })
  })

  test('may be a timer of systemd', () => {
    const timer = [
      '@timer sync.timer sync.service active enabled backup',
      '\tOnCalendar=*:0/5',
      '\t/usr/bin/rsync -a db1:/a/ /a/',
    ]
    expect(parseCopyingJobs(answer(...timer)).jobs[0]).toMatchObject({
      place: { kind: 'timer', timer: 'sync.timer', service: 'sync.service', isActive: true, isEnabled: true },
      schedule: '*/5 * * * *',
      runsAs: 'backup',
      copies: [{ from: { path: '/a' }, to: { path: '/a' } }],
    })
  })

  test('is told as such where what it copies is not understood', () => {
    const { jobs } = parseCopyingJobs(answer('@crontab root', '\t* * * * * rsync --files-from=/list'))
    expect(jobs).toMatchObject([{ copies: [] }])
  })

  test('is no comment, no backup and nothing of ours', () => {
    const found = parseCopyingJobs(
      answer(
        '@crontab root',
        '\t# held by understudy ledger adopt: * * * * * rsync -a db1:/a/ /a/',
        '\t* * * * * /usr/local/lib/understudy/understudy-sync ledger vault',
        '\t0 3 * * * pgbackrest --stanza=main backup',
        '@unread /etc/cron.d/secret',
      ),
    )
    expect(found).toEqual({
      jobs: [],
      backups: ['0 3 * * * pgbackrest --stanza=main backup'],
      unread: ['/etc/cron.d/secret'],
    })
  })

  test('is not told from an answer that was cut off', () => {
    expect(() => parseCopyingJobs('@crontab root\n\t* * * * * rsync')).toThrow('in a form that is not known')
  })
})
