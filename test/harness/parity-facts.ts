import type { MachineParity } from '@/lib/facts/machine-parity'
import type { DatabaseParity, ServerParity } from '@/lib/facts/server-parity'
import type { ParityFacts } from '@/lib/operations/preflight/parity-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })

export const machineParityOf = (over: Partial<MachineParity> = {}): MachineParity => ({
  memoryBytes: 8 * 1024 ** 3,
  hugePagesBytes: 0,
  libc: 'glibc 2.36',
  locales: ['C', 'C.utf8', 'POSIX', 'en_US.utf8'],
  timeZone: 'Etc/UTC',
  applicationVersion: '4.2.0',
  clusterManagers: [],
  ...over,
})

export const serverParityOf = (over: Partial<ServerParity> = {}): ServerParity => {
  const base = { provider: 'c', collate: 'en_US.UTF-8', ctype: 'en_US.UTF-8', canConnect: true }
  return {
    databases: [
      { ...base, name: 'ledger' },
      { ...base, name: 'postgres' },
      { ...base, name: 'template0', canConnect: false },
      { ...base, name: 'template1' },
    ],
    icuVersion: '153.120',
    inFiles: {
      max_connections: '100',
      shared_buffers: '128MB',
      timezone: 'Etc/UTC',
      log_timezone: 'Etc/UTC',
      lc_messages: 'en_US.UTF-8',
      lc_monetary: 'en_US.UTF-8',
      lc_numeric: 'en_US.UTF-8',
      lc_time: 'en_US.UTF-8',
      port: '5432',
      unix_socket_directories: '/var/run/postgresql',
    },
    inAutoFile: {},
    builtIn: {
      max_connections: '100',
      max_locks_per_transaction: '64',
      max_prepared_transactions: '0',
      max_wal_senders: '10',
      max_worker_processes: '8',
      shared_buffers: '16384',
      huge_pages: 'try',
      shared_preload_libraries: '',
      session_preload_libraries: '',
      local_preload_libraries: '',
      dynamic_library_path: '$libdir',
      timezone: 'GMT',
      log_timezone: 'GMT',
      port: '5432',
      unix_socket_directories: '/var/run/postgresql',
    },
    onCommandLine: {},
    units: { shared_buffers: '8kB' },
    libraryDirectory: '/usr/lib/postgresql/15/lib',
    hbaRules: [
      {
        line: 90,
        type: 'local',
        databases: ['all'],
        users: ['postgres'],
        address: null,
        netmask: null,
        method: 'peer',
      },
      {
        ...{ line: 95, type: 'host', databases: ['all'], users: ['all'], method: 'scram-sha-256' },
        ...{ address: '127.0.0.1', netmask: '255.255.255.255' },
      },
      {
        line: 97,
        type: 'local',
        databases: ['replication'],
        users: ['all'],
        address: null,
        netmask: null,
        method: 'peer',
      },
    ],
    ...over,
  }
}

export const databaseParityOf = (over: Partial<DatabaseParity> = {}): DatabaseParity => ({
  extensions: [{ name: 'plpgsql', version: '1.0' }],
  libraries: ['$libdir/plpgsql'],
  locales: [],
  usesIcu: false,
  ...over,
})

type HostParity = ParityFacts['primary']

export const hostParityOf = (
  machine: Partial<MachineParity> = {},
  server: Partial<ServerParity> = {},
): HostParity => ({ machine: seen(machineParityOf(machine)), server: seen(serverParityOf(server)) })

const owners = {
  users: [
    { name: 'root', id: 0 },
    { name: 'ledger', id: 998 },
  ],
  groups: [
    { name: 'root', id: 0 },
    { name: 'ledger', id: 998 },
  ],
}

/** Facts of two hosts that suit each other; a test replaces what it is about. */
export const parityFactsOf = (over: Partial<ParityFacts> = {}): ParityFacts => ({
  primary: hostParityOf(),
  standby: hostParityOf(),
  databases: ['ledger', 'postgres', 'template1'].map((name) => ({ name, found: seen(databaseParityOf()) })),
  databasesLeft: 0,
  supplies: seen({ missingLibraries: [], extensions: [{ name: 'plpgsql', versions: ['1.0'] }] }),
  unknownZones: seen([]),
  owners: { primary: seen(owners), standby: seen(owners) },
  ...over,
})
