import type { LabHost } from '@/lab/lab-host'
import {
  onBoth,
  onPrimary,
  onStandby,
  type PreflightFault,
  refusePort,
  sqlOn,
  together,
  without,
} from '@/test/harness/preflight-faults/fault'

const data = '/var/lib/postgresql/15/main'
const programs = '/usr/lib/postgresql/15'
const unit = 'postgresql@15-main.service'

/** A file of settings beside the others; it is read at a start alone, which there is none of. */
const configured = (text: string) => ({
  make: `echo "${text}" > /etc/postgresql/15/main/conf.d/zz-lab.conf`,
  mend: 'rm /etc/postgresql/15/main/conf.d/zz-lab.conf',
})

const belowFloor = (name: string, there: number, below: number): PreflightFault['finds'] => ({
  'setting-floors': ['fail', `${name} would be ${below}, the primary has ${there}`, `Raise ${name} in `],
})

const altered = (name: string, value: string) =>
  sqlOn('primary', `alter system set ${name} = '${value}'`, `alter system reset ${name}`)

/** So many programs that receive WAL from the primary; returns when it sends to all of them. */
const receivers =
  (count: number): PreflightFault['make'] =>
  async ({ primary }) => {
    const each = (index: number) =>
      `mkdir -p /run/lab-wal/${index} && chown postgres /run/lab-wal/${index} && systemd-run -q --unit=lab-wal-${index} --uid=postgres ${programs}/bin/pg_receivewal -D /run/lab-wal/${index}`
    await primary.exec(Array.from({ length: count }, (_, index) => each(index)).join(' && '))
    await primary.exec(
      `while [ "$(runuser -u postgres -- psql -XAtc "select count(*) from pg_stat_replication where state = 'streaming'")" -lt ${count} ]; do sleep 0.05; done`,
    )
    return async () => {
      await primary.exec(`systemctl stop 'lab-wal-*'; rm -r /run/lab-wal
while [ "$(runuser -u postgres -- psql -XAtc 'select count(*) from pg_stat_replication')" -gt 0 ]; do sleep 0.05; done`)
    }
  }

/** Not stopped and started: the application's own restarts pull its server in, and would cancel the stop. */
async function restart(host: LabHost): Promise<void> {
  await host.exec(`systemctl restart ${unit}`)
  await host.awaitPostgres()
}

/** What is wrong with the two servers, one by one. */
const serverFaults: readonly PreflightFault[] = [
  {
    title: 'PostgreSQL is stopped on the standby',
    make: async ({ standby }) => {
      await standby.stopPostgres()
      return () => standby.startPostgres()
    },
    hidesMore: true,
    finds: { 'standby-postgres': ['fail', 'PostgreSQL'] },
  },
  {
    title: 'the client programs are on neither host',
    make: onBoth(without(`${programs}/bin/pg_basebackup`)),
    finds: {
      'primary-postgres': ['fail', 'no pg_basebackup'],
      'standby-postgres': ['fail', 'no pg_basebackup'],
    },
  },
  {
    title: 'the unit of PostgreSQL is masked on both hosts',
    make: onBoth({
      make: `systemctl mask -q --runtime ${unit}`,
      mend: `systemctl unmask -q --runtime ${unit}`,
    }),
    finds: {
      'primary-postgres-unit': ['fail', 'is masked'],
      'standby-postgres-unit': ['fail', 'is masked'],
    },
  },
  {
    title: 'the standby’s PostgreSQL does not start with the machine',
    make: onStandby({
      make: 'cp -p /etc/postgresql/15/main/start.conf /run/lab-start.conf && echo manual > /etc/postgresql/15/main/start.conf',
      mend: 'cp -p /run/lab-start.conf /etc/postgresql/15/main/start.conf',
    }),
    finds: { 'standby-postgres-unit': ['warn', 'says manual'] },
  },
  {
    title: 'a file of the primary’s data can’t be read by its owner',
    make: onPrimary({
      make: `install -m 0600 /dev/null ${data}/lab-root.conf`,
      mend: `rm ${data}/lab-root.conf`,
    }),
    finds: { 'primary-data': ['fail', 'can’t read lab-root.conf'] },
  },
  {
    title: 'a file system is mounted within the standby’s data',
    make: onStandby({
      make: `mount -t tmpfs -o uid=$(id -u postgres),mode=700 tmpfs ${data}/pg_snapshots`,
      mend: `umount ${data}/pg_snapshots`,
    }),
    finds: { 'data-directory': ['fail', `${data}/pg_snapshots`] },
  },
  {
    title: 'the place for the old data is on another file system',
    input: { oldDataDirectory: '/dev/shm' },
    finds: { 'old-data-place': ['fail', 'is on another file system'] },
  },
  {
    title: 'pg_hba.conf of both hosts has a line that can’t be read',
    make: onBoth({
      make: 'cp -p /etc/postgresql/15/main/pg_hba.conf /run/lab-hba && echo nonsense >> /etc/postgresql/15/main/pg_hba.conf',
      mend: 'cp -p /run/lab-hba /etc/postgresql/15/main/pg_hba.conf',
    }),
    finds: { 'primary-hba': ['fail', 'has errors'], 'standby-hba': ['fail', 'has errors'] },
  },
  {
    title: 'a role of ours is left over',
    make: sqlOn('primary', 'create role understudy_repl', 'drop role understudy_repl'),
    finds: { 'roles-free': ['fail', 'understudy_repl exist already'] },
  },
  {
    title: 'the primary’s PostgreSQL does not let the standby’s connections in',
    make: ({ primary, standby }) => refusePort(primary, 5432, standby.address),
    finds: { 'postgres-port': ['fail', 'does not answer'] },
  },
  {
    title: 'all but two of the primary’s WAL senders serve others',
    make: receivers(8),
    finds: {
      'primary-standalone': ['fail', 'already sends WAL to pg_receivewal from a local socket'],
      'wal-senders': ['fail', '2 of 10 are free, 8 in use; 3 are needed'],
      'primary-restart': ['fail', 'max_wal_senders is 10, 8 of them in use, and must be at least 11'],
    },
  },
  {
    title: 'the primary writes too little WAL for a standby',
    make: async ({ primary }) => {
      await primary.sql(`alter system set wal_level = 'minimal'; alter system set max_wal_senders = '0'`)
      await restart(primary)
      return async () => {
        await primary.sql('alter system reset wal_level; alter system reset max_wal_senders')
        await restart(primary)
      }
    },
    finds: {
      'primary-restart': ['fail', 'wal_level is minimal and must be replica'],
      'wal-senders': ['fail', '0 of 0 are free'],
    },
  },
  {
    title: 'each commit of the primary waits for a server of a cluster',
    make: sqlOn(
      'primary',
      `alter system set synchronous_standby_names = 'other'; select pg_reload_conf()`,
      'alter system reset synchronous_standby_names; select pg_reload_conf()',
    ),
    finds: { 'primary-standalone': ['fail', 'synchronous_standby_names is “other”'] },
  },
  {
    title: 'the standby is in recovery already',
    make: async ({ standby }) => {
      await standby.exec(`touch ${data}/standby.signal`, { user: 'postgres' })
      await restart(standby)
      return async () => {
        await standby.sql('select pg_promote()')
      }
    },
    finds: { 'standby-standalone': ['fail', 'is already the standby of another server'] },
  },
  {
    title: 'a slot of the standby’s name is left over',
    make: sqlOn(
      'primary',
      `select pg_create_physical_replication_slot('understudy_ledger')`,
      `select pg_drop_replication_slot('understudy_ledger')`,
    ),
    finds: {
      'replication-slot': ['fail', 'There is a slot understudy_ledger'],
      'primary-standalone': ['warn', 'Replication slots exist: understudy_ledger'],
    },
  },
  {
    title: 'the primary’s WAL is a link to a small file system',
    make: async ({ primary }) => {
      const wal = '/run/lab-wal-place'
      await primary.stopPostgres()
      await primary.exec(
        `mkdir ${wal} && mount -t tmpfs -o size=300m,uid=$(id -u postgres),mode=700 tmpfs ${wal} && cp -a ${data}/pg_wal/. ${wal}/ && mv ${data}/pg_wal ${data}/pg_wal.away && ln -s ${wal} ${data}/pg_wal`,
      )
      await primary.startPostgres()
      return async () => {
        await primary.stopPostgres()
        await primary.exec(
          `rm ${data}/pg_wal && mv ${data}/pg_wal.away ${data}/pg_wal && cp -a ${wal}/. ${data}/pg_wal/ && umount ${wal} && rmdir ${wal}`,
        )
        await primary.startPostgres()
      }
    },
    finds: {
      'wal-space': ['fail', 'free in /run/lab-wal-place'],
      'mount-points': ['warn', '/run/lab-wal-place lies in the file system /run/lab-wal-place'],
    },
  },
]

/** The data of a stopped server on a small file system of its own, with all that is in it. */
const onSmallDisk: PreflightFault['make'] = async ({ standby }) => {
  await standby.stopPostgres()
  await standby.limitDisk(data, 100)
  await standby.startPostgres()
  return async () => {
    await standby.stopPostgres()
    await standby.exec(`umount ${data} && umount /run/lab-small${data}`)
    await standby.startPostgres()
  }
}

/** A setting that the standby's configuration has below the primary's: its server does not run with it yet, the copy would. */
const lowered = (name: string, there: number, below: number): PreflightFault => ({
  title: `${name} is lower in the standby’s configuration, though its server does not run with it yet`,
  make: onStandby(configured(`${name} = ${below}`)),
  finds: belowFloor(name, there, below),
})

/** PostgreSQL refuses to start as a standby with less than its primary has of any of these (its documentation, 27.4.3). */
const floorFaults: readonly PreflightFault[] = [
  lowered('max_connections', 100, 50),
  lowered('max_worker_processes', 8, 4),
  lowered('max_locks_per_transaction', 64, 32),
  lowered('max_wal_senders', 10, 5),
  {
    title: 'max_prepared_transactions is lower on the standby than the primary runs with',
    // Nothing is below the default, none. In a file of settings, for what ALTER SYSTEM sets comes with the copy.
    make: async ({ primary }) => {
      const { make, mend } = configured('max_prepared_transactions = 5')
      await primary.exec(make)
      await restart(primary)
      return async () => {
        await primary.exec(mend)
        await restart(primary)
      }
    },
    finds: belowFloor('max_prepared_transactions', 5, 0),
  },
]

/** What does not suit between the two servers. */
const suitFaults: readonly PreflightFault[] = [
  {
    title: 'the standby’s data directory is a file system of its own, and too small',
    make: onSmallDisk,
    finds: {
      'disk-space': ['fail', 'to copy, '],
      'data-directory': ['warn', 'is the root of a file system'],
      'mount-points': ['warn', `in ${data} on`],
    },
  },
  {
    title: 'a column of the primary is sorted by a locale that the standby has not',
    make: together(
      onPrimary({
        make: 'cp -r /usr/lib/locale/C.utf8 /usr/lib/locale/de_DE.utf8',
        mend: 'rm -r /usr/lib/locale/de_DE.utf8',
      }),
      sqlOn(
        'primary',
        `create collation german (locale = 'de_DE.utf8'); create table lab_words (word text collate german)`,
        'drop table lab_words; drop collation german',
      ),
    ),
    finds: { locales: ['fail', 'de_DE.utf8 is not on'] },
  },
  {
    title: 'a library that the copy would preload is not on the standby',
    make: together(
      altered('shared_preload_libraries', 'pg_stat_statements'),
      onStandby(without(`${programs}/lib/pg_stat_statements.so`)),
    ),
    finds: { extensions: ['fail', 'pg_stat_statements would be loaded by the copy'] },
  },
  {
    title: 'an extension of a database is not on the standby',
    make: together(
      sqlOn('primary', 'create extension pgcrypto', 'drop extension pgcrypto'),
      onStandby(without(`${programs}/lib/pgcrypto.so`)),
    ),
    finds: { extensions: ['fail', '$libdir/pgcrypto of the primary’s databases is not on'] },
  },
  {
    title: 'the primary’s shared buffers are larger than the standby’s memory',
    make: altered('shared_buffers', '4TB'),
    finds: { memory: ['fail', 'PostgreSQL would not start'] },
  },
  {
    title: 'the standby would come up on another port',
    make: onStandby(configured('port = 5499')),
    finds: { 'same-places': ['fail', 'The copy would listen on port 5499'] },
  },
  {
    title: 'the application’s database is on another server',
    profile: (profile) => ({ ...profile, postgres: { ...profile.postgres, database: 'elsewhere' } }),
    finds: { 'primary-database': ['fail', 'There is no database elsewhere'] },
  },
  {
    title: 'both hosts are managed by a cluster’s program',
    make: onBoth({
      make: 'cp /bin/sleep /run/repmgrd && systemd-run -q --unit=lab-repmgrd /run/repmgrd infinity',
      mend: 'systemctl stop lab-repmgrd; rm /run/repmgrd',
    }),
    finds: {
      'primary-standalone': ['fail', 'repmgrd runs on'],
      'standby-standalone': ['fail', 'repmgrd runs on'],
    },
  },
  {
    title: 'the place of a tablespace is not on the standby',
    make: together(
      onPrimary({ make: 'install -d -m 0700 -o postgres /srv/lab-fast', mend: 'rmdir /srv/lab-fast' }),
      sqlOn('primary', `create tablespace lab_fast location '/srv/lab-fast'`, 'drop tablespace lab_fast'),
    ),
    finds: { tablespaces: ['fail', 'can’t write in /srv/lab-fast'] },
  },
  {
    title: 'somebody’s database is on the standby',
    finds: { 'standby-data': ['warn', 'the database ledger'] },
  },
]

export const databaseFaults: readonly PreflightFault[] = [...serverFaults, ...floorFaults, ...suitFaults]
