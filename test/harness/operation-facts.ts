import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Host } from '@/lib/domain/host'
import type { CreateInput } from '@/lib/domain/inputs'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import type { CreateFacts } from '@/lib/operations/create/facts'
import type { ComparedPackages, PackageFacts } from '@/lib/operations/create/package-facts'
import type { HostFacts, LinkFacts } from '@/lib/operations/preflight/host-facts'
import { parseProfile } from '@/lib/profiles/parse-profile'
import type { Profile } from '@/lib/profiles/schema'
import { parityFactsOf } from '@/test/harness/parity-facts'

/** Facts of two sound Debian hosts as the surveys of the lab's hosts answer; a test replaces what it is about. */
export function serverFacts(over: Partial<ServerSurvey> = {}): ServerSurvey {
  const setting = (value: string, unit: string | null = null) => ({
    setting: value,
    unit,
    source: 'configuration file',
    pendingRestart: false,
  })
  return {
    versionNum: 150018,
    version: '15.18 (Debian 15.18-0+deb12u1)',
    systemIdentifier: '7400000000000000001',
    timeline: 1,
    inRecovery: false,
    lsn: '0/3000060',
    receivedLsn: null,
    replayPaused: false,
    dataDirectory: '/var/lib/postgresql/15/main',
    configFile: '/etc/postgresql/15/main/postgresql.conf',
    hbaFile: '/etc/postgresql/15/main/pg_hba.conf',
    walSegmentBytes: 16_777_216,
    settings: {
      data_checksums: setting('on'),
      listen_addresses: setting('*'),
      max_connections: setting('100'),
      max_locks_per_transaction: setting('64'),
      max_prepared_transactions: setting('0'),
      max_replication_slots: setting('10'),
      max_slot_wal_keep_size: setting('-1', 'MB'),
      max_wal_senders: setting('10'),
      max_worker_processes: setting('8'),
      port: setting('5432'),
      ssl: setting('on'),
      unix_socket_directories: setting('/var/run/postgresql'),
      wal_keep_size: setting('0', 'MB'),
      wal_level: setting('replica'),
      wal_log_hints: setting('off'),
    },
    altered: {},
    ownRoles: [],
    senders: [],
    slots: [],
    receiverStatus: null,
    tablespaces: [],
    tablespacePlaces: [],
    databasesBytes: 31_457_280,
    userDatabases: [],
    looseTables: 0,
    hbaErrors: [],
    ...over,
  }
}

/** `server` with other values of some settings. */
export function withSettings(server: ServerSurvey, values: Readonly<Record<string, string>>): ServerSurvey {
  const changed = Object.entries(values).map(([name, setting]) => [
    name,
    { setting, unit: null, source: 'configuration file', pendingRestart: false },
  ])
  return { ...server, settings: { ...server.settings, ...Object.fromEntries(changed) } }
}

const path = (name: string, owner: number, over: object = {}) => ({
  path: name,
  exists: true,
  uid: owner,
  gid: owner,
  isMountPoint: false,
  isLink: false,
  fileSystem: 'ext4',
  mountsWithin: [],
  mountPoint: '/',
  source: '/dev/vda1',
  device: '42',
  freeBytes: 20_000_000_000,
  usedBytes: 48_000_000,
  owners: [{ uid: owner, gid: owner }],
  sizes: [],
  walk: 'whole' as const,
  ...over,
})

const seen = <T>(value: T) => ({ seen: true as const, value })

/** The primary's server has the application's database. */
export const primaryServer = (over: Partial<ServerSurvey> = {}): ServerSurvey =>
  serverFacts({ userDatabases: [{ name: 'ledger', bytes: 8_000_000 }], ...over })

export function hostFactsOf(which: 'alpha' | 'beta', over: Partial<HostFacts> = {}): HostFacts {
  const isPrimary = which === 'alpha'
  const machineId = isPrimary ? 'a'.repeat(32) : 'b'.repeat(32)
  const unit = { loadState: 'loaded', activeState: 'active', enabledState: 'enabled' }
  return {
    name: which,
    address: isPrimary ? '10.7.0.11' : '10.7.0.12',
    port: 22,
    registeredMachineId: machineId,
    user: 'root',
    isUnprivileged: false,
    machine: seen({
      machineId,
      system: 'Debian GNU/Linux 12 (bookworm)',
      architecture: 'x86_64',
      processors: 2,
      clockMs: 1_795_000_000_000,
      hasSystemd: true,
      rsyncVersion: '3.2.7',
      hasSsh: true,
      hasSshKeyscan: true,
      cronActive: true,
      hasCrontab: true,
      applicationUnit: unit,
    }),
    asRoot: seen(true as const),
    asDatabaseOwner: seen(true as const),
    server: seen(isPrimary ? primaryServer() : serverFacts({ systemIdentifier: '7400000000000000002' })),
    data: seen({
      binDirectory: '/usr/lib/postgresql/15/bin',
      hasBaseBackup: true,
      walIsLink: false,
      walDirectory: '/var/lib/postgresql/15/main/pg_wal',
      parentWritable: true,
      realDirectory: '/var/lib/postgresql/15/main',
      mountsWithin: [],
      unreadableNames: [],
      foreignNames: [],
      startConf: 'auto',
      owner: 'postgres',
      unit: 'postgresql@15-main.service',
      unitEnabled: 'enabled-runtime',
      serverLog: null,
    }),
    paths: seen([
      path('/var/lib/postgresql/15/main', 101),
      path('/var/lib/postgresql/15/main/pg_wal', 101, { usedBytes: 16_777_216 }),
      path('/srv/ledger/vault', 998, { usedBytes: 400_000_000 }),
      path('/srv/ledger/etc', 998, { usedBytes: 8_000 }),
    ]),
    bootLines: null,
    crontabProblem: null,
    applicationHealthy: null,
    uid: null,
    clockOffsetMs: isPrimary ? 4 : 11,
    clockErrorMs: 2,
    ...over,
  }
}

const leftOut = {
  seen: false as const,
  why: { code: 'NOT_FOUND', message: 'Not looked at: the database is left out of this pair.', fix: '' },
}

/** The same where the pair leaves its database out: PostgreSQL was not asked. */
export const fileFactsOf = (which: 'alpha' | 'beta', over: Partial<HostFacts> = {}): HostFacts =>
  hostFactsOf(which, { asDatabaseOwner: leftOut, server: leftOut, data: leftOut, uid: 0, ...over })

export const createFactsOf = (over: Partial<CreateFacts> = {}): CreateFacts => ({
  primary: hostFactsOf('alpha'),
  standby: hostFactsOf('beta'),
  link: linkFactsOf(),
  asidePlace: null,
  packages: [],
  tablespacePlaces: null,
  parity: parityFactsOf(),
  ...over,
})

/** Two hosts that reach each other by the addresses that they are registered by. */
export const linkFactsOf = (over: Partial<LinkFacts> = {}): LinkFacts => ({
  postgres: 'accepting',
  ssh: 'pinned-key',
  sshBack: 'pinned-key',
  source: '10.7.0.12',
  ...over,
})

/** What comparing the system's packages of the two folder hosts shows: one is missing, and needs another. */
export const packageFactsOf = (over: Partial<ComparedPackages> = {}): PackageFacts => ({
  kind: 'deb',
  found: {
    isCompared: true,
    primaryCount: 2,
    missing: [{ name: 'ledger-tools', version: '1.4' }],
    targets: [{ name: 'ledger-tools', version: '1.4' }],
    alongside: [{ name: 'ledger-tools-common', version: '1.4' }],
    other: [],
    unavailable: [],
    changes: [],
    ...over,
  },
})

export const createInputOf = (over: Partial<CreateInput> = {}): CreateInput => ({
  slug: 'ledger',
  profileId: 'generic-debian',
  hosts: { primary: 'host-a', standby: 'host-b' },
  scope: { database: true, files: true },
  settings: {
    walKeepSegments: 32,
    directories: [
      {
        id: 'vault',
        title: 'Vault',
        path: '/srv/ledger/vault',
        log: 'rsync_vault.log',
        schedule: '* * * * *',
      },
      {
        id: 'etc',
        title: 'Settings',
        path: '/srv/ledger/etc',
        log: 'rsync_etc.log',
        schedule: '*/5 * * * *',
      },
    ],
  },
  agreeRestart: false,
  oldDataDirectory: null,
  ...over,
})

const profileFile = fileURLToPath(new URL('../../lib/profiles/generic-debian.yaml', import.meta.url))

/** The built-in profile of the lab's application. */
export const profileOf = (): Profile => parseProfile(readFileSync(profileFile, 'utf8'), profileFile)

/** A host of the facts above, as it is registered: `alpha` or `beta`, signed in to with sudo. */
export const hostOf = (name: string, address: string, over: Partial<Host> = {}): Host => ({
  id: `id-${name}`,
  name,
  address,
  port: 22,
  user: 'operator',
  authKind: 'key',
  hostKey: 'ssh-ed25519 AAAA',
  hostKeyFingerprint: 'SHA256:x',
  privilege: 'sudo',
  home: '/home/operator',
  accessRevision: 1,
  machineId: null,
  ...over,
})
