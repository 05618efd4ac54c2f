import { describe, expect, test } from 'vitest'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import { hostFactsOf, primaryServer, serverFacts } from '@/test/harness/operation-facts'
import { expected, type ParityRow, parityCheck } from '@/test/harness/parity-change'
import { serverParityOf } from '@/test/harness/parity-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const why = { code: 'HOST_COMMAND_FAILED', message: 'It could not be asked.', fix: 'Ask again.' }
const unseen = { seen: false as const, why }
const { inFiles } = serverParityOf()
const data = '/var/lib/postgresql/15/main'
const inside = { configFile: `${data}/postgresql.conf` }
const alpha = (over: Partial<ServerSurvey>) => hostFactsOf('alpha', { server: seen(primaryServer(over)) })
const beta = (over: Partial<ServerSurvey>) => hostFactsOf('beta', { server: seen(serverFacts(over)) })
/** Both servers have their configuration in the data directory, so that the primary's comes with the copy. */
const bothInside = { primary: alpha(inside), standby: beta(inside) }

const rows: readonly ParityRow[] = [
  [
    'extensions',
    'fail',
    'the copy would preload a library that is missing',
    {
      standby: [{}, { inFiles: { ...inFiles, shared_preload_libraries: ' "timescaledb" , pg_cron' } }],
      supplies: { missingLibraries: ['timescaledb'] },
    },
    'timescaledb would be loaded by the copy',
  ],
  [
    'extensions',
    'fail',
    'every session would load a plugin that is missing',
    {
      primary: [{}, { inAutoFile: { local_preload_libraries: 'audit' } }],
      supplies: { missingLibraries: ['$libdir/plugins/audit'] },
    },
    '$libdir/plugins/audit would be loaded',
  ],
  [
    'extensions',
    'fail, can be overridden',
    'a function’s library is missing',
    { ledger: { libraries: ['$libdir/postgis-3'] }, supplies: { missingLibraries: ['$libdir/postgis-3'] } },
    '$libdir/postgis-3 of the primary’s databases is not on beta',
  ],
  [
    'extensions',
    'fail, can be overridden',
    'an extension’s files are missing',
    { ledger: { extensions: [{ name: 'hstore', version: '1.8' }] } },
    'hstore of the primary’s databases is not on beta',
  ],
  [
    'extensions',
    'warn',
    'the standby has another version',
    { ledger: { extensions: [{ name: 'plpgsql', version: '2.0' }] } },
    'another version of plpgsql (primary 2.0)',
  ],
  [
    'extensions',
    'warn',
    'only the primary’s own configuration preloads one',
    { primary: [{}, { inFiles: { ...inFiles, shared_preload_libraries: 'pg_cron' } }] },
    'The primary preloads pg_cron',
  ],
  [
    'extensions',
    'fail, can be overridden',
    'a database could not be looked into',
    { more: { databases: [{ name: 'ledger', found: unseen }] } },
    'What ledger needs is not known: It could not be asked.',
  ],
  [
    'extensions',
    'warn',
    'there are more databases than were looked into',
    { more: { databasesLeft: 12 } },
    '3 databases of alpha were looked into, 12 more were not',
  ],
  [
    'extensions',
    'fail',
    'the standby’s server could not be asked',
    { more: { supplies: unseen } },
    why.message,
  ],

  [
    'setting-floors',
    'fail',
    'the standby’s configuration has less, though its server runs with enough',
    { standby: [{}, { inFiles: { ...inFiles, max_connections: '50' } }] },
    'max_connections would be 50, the primary has 100',
  ],
  [
    'setting-floors',
    'pass',
    'ALTER SYSTEM on the primary brings the value along',
    {
      standby: [{}, { inFiles: { ...inFiles, max_connections: '50' } }],
      primary: [{}, { inAutoFile: { max_connections: '100' } }],
    },
    'are not below',
  ],
  [
    'setting-floors',
    'fail',
    'only ALTER SYSTEM on the standby had raised it, which the copy replaces',
    {
      standby: [
        {},
        { inFiles: {}, inAutoFile: { max_connections: '500' }, builtIn: { max_connections: '20' } },
      ],
    },
    'max_connections would be 20',
  ],
  [
    'setting-floors',
    'pass',
    'the primary’s configuration comes with the copy',
    { facts: bothInside, standby: [{}, { inFiles: { ...inFiles, max_connections: '50' } }] },
    'are not below',
  ],
  [
    'setting-floors',
    'pass',
    'the standby’s command line says so',
    { standby: [{}, { inFiles: { max_connections: '50' }, onCommandLine: { max_connections: '100' } }] },
    'are not below',
  ],

  [
    'same-places',
    'fail',
    'the standby would have no configuration at all',
    { facts: { standby: hostFactsOf('beta', { server: seen(serverFacts(inside)) }) } },
    'the copy would have none',
  ],
  [
    'same-places',
    'fail',
    'the copy would come up on another port',
    { primary: [{}, { inAutoFile: { port: '5433' } }] },
    'The copy would listen on port 5433',
  ],
  [
    'same-places',
    'fail',
    'its socket would be elsewhere',
    { standby: [{}, { inFiles: { ...inFiles, unix_socket_directories: '/tmp' } }] },
    'its socket in /tmp',
  ],
  [
    'same-places',
    'pass',
    'the socket is where /var/run is a link to',
    { standby: [{}, { inFiles: { ...inFiles, unix_socket_directories: '/tmp, /run/postgresql' } }] },
    'Port 5432',
  ],
  [
    'same-places',
    'warn',
    'the data directories differ',
    { facts: { standby: hostFactsOf('beta', { server: seen(serverFacts({ dataDirectory: '/data/pg' })) }) } },
    `${data} on alpha and in /data/pg on beta`,
  ],

  [
    'primary-database',
    'fail',
    'it is on another server',
    {
      facts: {
        primary: hostFactsOf('alpha', {
          server: seen(serverFacts({ userDatabases: [{ name: 'other', bytes: 1 }] })),
        }),
      },
    },
    'There is no database ledger in the PostgreSQL of alpha, which has other',
  ],
  [
    'primary-standalone',
    'fail',
    'commits wait for other servers',
    {
      facts: {
        primary: hostFactsOf('alpha', {
          server: seen(
            primaryServer({
              settings: {
                ...primaryServer().settings,
                synchronous_standby_names: {
                  setting: 'ANY 1 (a, b)',
                  unit: null,
                  source: 'configuration file',
                  pendingRestart: false,
                },
              },
            }),
          ),
        }),
      },
    },
    'synchronous_standby_names is “ANY 1 (a, b)”',
  ],
  [
    'primary-standalone',
    'fail, can be overridden',
    'it sends WAL to somebody',
    {
      facts: {
        primary: hostFactsOf('alpha', {
          server: seen(
            primaryServer({
              senders: [{ applicationName: 'barman', clientAddress: '10.7.0.50', state: 'streaming' }],
            }),
          ),
        }),
      },
    },
    'sends WAL to barman',
  ],
  [
    'primary-standalone',
    'fail',
    'something manages it',
    { primary: [{ clusterManagers: ['patroni'] }, {}] },
    'patroni runs on alpha',
  ],
  [
    'standby-standalone',
    'fail',
    'something manages it',
    { standby: [{ clusterManagers: ['corosync', 'pacemakerd'] }, {}] },
    'corosync, pacemakerd run on beta',
  ],
]

describe('whether two servers suit each other', () => {
  test.each(rows)('%s: %s where %s', (...row) => {
    const [id, , , change, says] = row
    const check = parityCheck(id, change)
    expect(check).toMatchObject(expected(row))
    expect(check?.evidence).toContain(says)
  })

  test('is a failure of each check where nothing could be asked', () => {
    const asked = rows.map(([id]) => id).filter((id) => id !== 'primary-database')
    for (const id of new Set(asked))
      expect(parityCheck(id, { facts: { parity: null } })?.outcome, id).toBe('fail')
  })
})
