import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toPreview } from '@/lib/commands/command'
import { buildConninfo, buildPassfileLine } from '@/lib/commands/conninfo'
import { removeCopy } from '@/lib/commands/move-directory'
import { baseBackup } from '@/lib/commands/postgres-backup'
import { createRole, roleComment } from '@/lib/commands/postgres-roles'
import { restartPostgres, setDebianStart, startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { listenAlsoOn, listensOn, restoreSystem } from '@/lib/commands/postgres-settings'
import {
  buildReplicationConninfo,
  dropAutoConf,
  isSignalOf,
  putAutoConf,
  standbySignal,
} from '@/lib/commands/postgres-standby'
import { sqlIdentifier, sqlLiteral } from '@/lib/commands/sql'
import { isRunning, parseUnit, readUnit } from '@/lib/commands/systemd'
import { asidePath, copyPath, walKeepSetting } from '@/lib/domain/pair-names'

const debian = {
  unit: 'postgresql@15-main.service',
  binDirectory: '/usr/lib/postgresql/15/bin',
  dataDirectory: '/var/lib/postgresql/15/main',
  configFile: '/etc/postgresql/15/main/postgresql.conf',
  serverLog: '/var/lib/postgresql/15/main/server.log',
}
const plain = {
  ...debian,
  unit: null,
  dataDirectory: '/opt/phantom/data/db',
  configFile: '/opt/phantom/data/db/postgresql.conf',
  serverLog: '/home/phantom/.understudy/state/postgresql.log',
}

test('PostgreSQL is stopped and started by its unit where it has one, by pg_ctl elsewhere', () => {
  expect(toPreview(stopPostgres(debian))).toBe('# systemctl stop -- postgresql@15-main.service')
  expect(toPreview(startPostgres(debian))).toBe('# systemctl start -- postgresql@15-main.service')
  expect(toPreview(restartPostgres(debian))).toBe('# systemctl restart -- postgresql@15-main.service')
  expect(toPreview(stopPostgres(plain))).toBe(
    'postgres$ /usr/lib/postgresql/15/bin/pg_ctl -D /opt/phantom/data/db -m fast -w -t 300 stop || { /usr/lib/postgresql/15/bin/pg_ctl -D /opt/phantom/data/db status >/dev/null; [ $? -eq 3 ]; }',
  )
  expect(toPreview(startPostgres(plain))).toBe(
    'postgres$ mkdir -p -- /home/phantom/.understudy/state && /usr/lib/postgresql/15/bin/pg_ctl -D /opt/phantom/data/db -w -t 300 -l /home/phantom/.understudy/state/postgresql.log start',
  )
  const { configFile } = debian
  expect(toPreview(startPostgres({ ...plain, configFile }))).toContain(
    `-o '-c config_file=${configFile}' start`,
  )
})

test('a role is made with its comment in one statement, and the preview keeps the verifier to itself', () => {
  const statement = createRole(
    'understudy_repl',
    'SCRAM-SHA-256$4096:c2FsdA==$a:b',
    roleComment('ledger', 'op'),
  )
  expect(statement.text).toBe(`do $understudy$ begin
  create role understudy_repl login replication password 'SCRAM-SHA-256$4096:c2FsdA==$a:b';
  comment on role understudy_repl is 'Understudy, pair ledger, operation op';
end $understudy$`)
  expect(statement.preview).not.toContain('c2FsdA')
  expect(createRole('understudy_monitor', 'x', '').text).toContain(
    'create role understudy_monitor login in role pg_monitor password',
  )
})

test('the base backup streams WAL, checkpoints at once and reads its password from a file', () => {
  const conninfo = buildReplicationConninfo({
    address: '10.0.0.1',
    port: 5432,
    applicationName: 'understudy_ledger',
    passfile: '/var/lib/understudy/ledger/replication.pgpass',
    isTls: false,
    versionNum: 150018,
  })
  expect(conninfo).toBe(
    'host=10.0.0.1 port=5432 user=understudy_repl application_name=understudy_ledger passfile=/var/lib/understudy/ledger/replication.pgpass sslmode=prefer connect_timeout=10 keepalives_idle=10 keepalives_interval=5 keepalives_count=4 tcp_user_timeout=30000',
  )
  expect(
    toPreview(
      baseBackup({
        binDirectory: debian.binDirectory,
        target: '/d/main-copy',
        conninfo,
        slot: null,
        compression: null,
        tablespaces: [],
      }),
    ),
  ).toBe(
    `postgres$ /usr/lib/postgresql/15/bin/pg_basebackup -D /d/main-copy -X stream -c fast --progress --no-clean --no-password -d '${conninfo}'`,
  )
})

test('over TLS the connection is bound to the password’s exchange, from PostgreSQL 13 on', () => {
  const options = { address: '::1', port: 1, applicationName: 'a', passfile: '/p', isTls: true }
  expect(buildReplicationConninfo({ ...options, versionNum: 150000 })).toContain(
    'sslmode=require channel_binding=require',
  )
  expect(buildReplicationConninfo({ ...options, versionNum: 120022 })).not.toContain('channel_binding')
})

test('a connection string and a passfile line quote what would end a value', () => {
  expect(buildConninfo({ a: "it's", b: 'c\\d e', c: '' })).toBe("a='it\\'s' b='c\\\\d e' c=''")
  expect(
    buildPassfileLine({
      host: 'fd00::1',
      port: 5432,
      database: 'replication',
      user: 'u',
      password: 'a:b\\c',
    }),
  ).toBe('fd00\\:\\:1:5432:replication:u:a\\:b\\\\c\n')
})

test('postgresql.auto.conf gets each setting once, and keeps every other line', () => {
  const before = "# written by ALTER SYSTEM\nwal_keep_size = '512MB'\nprimary_conninfo = 'host=old'\n"
  const after = putAutoConf(before, { primary_conninfo: "host=new passfile='x'" })
  expect(after).toBe(
    "# written by ALTER SYSTEM\nwal_keep_size = '512MB'\nprimary_conninfo = 'host=new passfile=''x'''\n",
  )
  expect(putAutoConf(after, { primary_conninfo: "host=new passfile='x'" })).toBe(after)
  expect(putAutoConf('', { a: '1' })).toBe("a = '1'\n")
})

test('postgresql.auto.conf loses the named settings, however they are written, and keeps every other byte', () => {
  const before =
    "# primary_conninfo = 'host=old'\n Primary_ConnInfo='host=old'\nwal_keep_size = '512MB'\nprimary_slot_name = ''"
  const after = dropAutoConf(before, ['primary_conninfo', 'primary_slot_name'])
  expect(after).toBe("# primary_conninfo = 'host=old'\nwal_keep_size = '512MB'")
  expect(dropAutoConf(after, ['primary_conninfo', 'primary_slot_name'])).toBe(after)
})

test('standby.signal tells whose copy a data directory is', () => {
  expect(isSignalOf(standbySignal('one'), 'one')).toBe(true)
  expect(isSignalOf(standbySignal('one'), 'two')).toBe(false)
  expect(isSignalOf('', 'one')).toBe(false)
  expect(isSignalOf(null, 'one')).toBe(false)
})

test('only a copy that carries the mark of an operation can be removed', () => {
  expect(removeCopy(copyPath('/var/lib/postgresql/15/main', '0a1b2c3d')).text).toBe(
    'rm -rf -- /var/lib/postgresql/15/main.understudy-0a1b2c3d-copy',
  )
  for (const path of ['/var/lib/postgresql/15/main', asidePath('/d', '0a1b2c3d'), '/', ''])
    expect(() => removeCopy(path)).toThrow(RangeError)
})

test('WAL is kept in the setting that the version knows', () => {
  expect(walKeepSetting(150000, 32, 16_777_216)).toEqual({
    name: 'wal_keep_size',
    value: '512MB',
    number: 512,
  })
  expect(walKeepSetting(120000, 32, 16_777_216)).toEqual({
    name: 'wal_keep_segments',
    value: '32',
    number: 32,
  })
})

test('a setting goes back to what it was, or out of the file where it was not', () => {
  expect(restoreSystem('wal_keep_size', '64MB').text).toBe("alter system set wal_keep_size = '64MB'")
  expect(restoreSystem('wal_keep_size', undefined).text).toBe('alter system reset wal_keep_size')
})

test('whether a server listens on an address, and the value that makes it', () => {
  expect(listensOn('*', '10.0.0.1')).toBe(true)
  expect(listensOn('localhost, 10.0.0.1', '10.0.0.1')).toBe(true)
  expect(listensOn('0.0.0.0', '10.0.0.1')).toBe(true)
  expect(listensOn('0.0.0.0', 'fd00::1')).toBe(false)
  expect(listensOn('localhost', '10.0.0.1')).toBe(false)
  expect(listenAlsoOn('localhost', '10.0.0.1')).toBe('localhost, 10.0.0.1')
  expect(listenAlsoOn('', '10.0.0.1')).toBe('10.0.0.1')
})

test('a unit’s state is read in three lines, and what is starting or stopping counts as running', () => {
  expect(readUnit('ledger.service').text).toContain('systemctl show -p ActiveState --value -- ledger.service')
  const unit = parseUnit('loaded\nactive\nenabled\n')
  expect(unit).toEqual({ loadState: 'loaded', activeState: 'active', enabledState: 'enabled' })
  expect(isRunning(unit)).toBe(true)
  expect(isRunning({ ...unit, activeState: 'deactivating' })).toBe(true)
  expect(isRunning({ ...unit, activeState: 'failed' })).toBe(false)
})

test('literals and identifiers can’t be broken out of', () => {
  expect(sqlLiteral("a'b")).toBe("'a''b'")
  expect(sqlLiteral("a\\'b")).toBe(" E'a\\\\''b'")
  expect(sqlIdentifier('a"; drop')).toBe('"a""; drop"')
  expect(() => sqlLiteral('a\0')).toThrow(RangeError)
})

test('a Debian cluster’s start mode is replaced and its comments are kept', () => {
  const file = '# This file controls\n# "auto" and "manual"\n\nauto\n'
  const script = setDebianStart('-', 'manual').text.replace('sed -i', 'sed').split(' && ')[0] ?? ''
  expect(execFileSync('sh', ['-c', script], { input: file, encoding: 'utf8' })).toBe(
    file.replace(/^auto$/m, 'manual'),
  )
})

test('any value comes out of postgresql.auto.conf as it went in', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), (value) => {
      const line = putAutoConf('', { x: value })
      expect(line.slice(5, -2).replaceAll("''", "'")).toBe(value)
    }),
  )
})
