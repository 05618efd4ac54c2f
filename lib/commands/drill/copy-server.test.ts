import { expect, test } from 'vitest'
import { beginBackupQuestion, endBackupQuestion, firstWalFile } from '@/lib/commands/drill/backup-mode'
import { amcheckCopy, readRelations } from '@/lib/commands/drill/check-copy'
import { isolationFiles, startCopy, writeDrillRow } from '@/lib/commands/drill/copy-server'
import { drillPlaces } from '@/lib/domain/drill-places'

const places = drillPlaces({ directory: "/srv/it's", chosen: null, tablespaces: [], mark: 'd1e2f3a4' })
const shared = {
  sharedPreloadLibraries: "pg_cron, o'ther",
  maxPreparedTransactions: '7',
  maxLocksPerTransaction: '128',
}
const files = isolationFiles({ places, port: 5433, shared, sentinel: 'a test', osUser: 'postgres' })
const contentOf = (name: string) => files.find(({ path }) => path.endsWith(`/${name}`))?.content ?? 'none'
const conf = Object.fromEntries(
  contentOf('postgresql.conf')
    .trim()
    .split('\n')
    .map((line) => line.split(' = ')),
)

test('the copy has no way to anybody: no network, no primary, no archive, no background work', () => {
  expect(conf).toMatchObject({
    ...{ listen_addresses: "''", primary_conninfo: "''", primary_slot_name: "''", restore_command: "''" },
    ...{ archive_mode: "'off'", max_wal_senders: "'0'", max_worker_processes: "'0'", autovacuum: "'off'" },
  })
  expect(contentOf('postgresql.auto.conf')).toBe('')
  expect(contentOf('pg_hba.conf')).toBe('local all all peer\n')
})

test('its own files are all that it reads, and a quote in a path or a name stays within its value', () => {
  expect(conf).toMatchObject({
    hba_file: `'/srv/it''s.understudy-d1e2f3a4-drill/data/pg_hba.conf'`,
    unix_socket_directories: `'/srv/it''s.understudy-d1e2f3a4-drill'`,
    shared_preload_libraries: `'pg_cron, o''ther'`,
    ...{ max_prepared_transactions: "'7'", max_locks_per_transaction: "'128'" },
  })
})

test('the mark that all is written is written last, and everything for the owner alone', () => {
  expect(files.at(-1)?.path).toBe(`${places.root}/isolated`)
  for (const { mode, owner, as } of files)
    expect([mode, owner, as]).toEqual(['0600', 'postgres:', 'database-owner'])
})

test('whatever works on the copy goes last on its host', () => {
  const given = { binDirectory: '/usr/bin', places, port: 5433, osUser: 'postgres', minutes: 5 }
  for (const { text, as } of [startCopy({ binDirectory: '/usr/bin' }, places), amcheckCopy(given)]) {
    expect(text).toMatch(/^nice -n 19 \$\(command -v ionice /)
    expect(as).toBe('database-owner')
  }
  expect(amcheckCopy(given).text).toContain('timeout 300 /usr/bin/pg_amcheck')
})

test('the standby is asked to be copied as its version knows it', () => {
  expect([beginBackupQuestion(140_009), endBackupQuestion(140_009)]).toEqual([
    'select pg_start_backup($1, true, false)',
    'select labelfile from pg_stop_backup(false, false)',
  ])
  expect([beginBackupQuestion(150_000), endBackupQuestion(170_002)]).toEqual([
    'select pg_backup_start($1, true)',
    'select labelfile from pg_backup_stop(false)',
  ])
})

test('the first file of WAL is read from the label, and nothing from one that does not name it', () => {
  const label =
    'START WAL LOCATION: 0/3000060 (file 000000010000000000000003)\nCHECKPOINT LOCATION: 0/3000098\nBACKUP FROM: standby\n'
  expect(firstWalFile(label)).toBe('000000010000000000000003')
  expect(firstWalFile('')).toBeNull()
  expect(firstWalFile('START WAL LOCATION: 0/3000060 (file ../../etc/passwd)')).toBeNull()
})

test('only numbers become relations to read, and an id is a value and nothing else', () => {
  expect(readRelations(['16390', '2147483648']).text).toContain(`array '{16390,2147483648}'::regclass[]`)
  expect(() => readRelations(["1}'; drop table x; --"])).toThrow(RangeError)
  expect(writeDrillRow("x'); drop table y; --").text).toContain(`values ('x''); drop table y; --')`)
})
