import { describe, expect, test } from 'vitest'
import type { CheckOutcome } from '@/lib/domain/preflight'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  linkFactsOf,
  profileOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const why = { code: 'HOST_COMMAND_FAILED', message: 'It could not be asked.', fix: 'Ask again.' }
const unseen = { seen: false as const, why }
type Facts = CreateFacts

const withServer = (host: 'alpha' | 'beta', over: Partial<ServerSurvey>): HostFacts =>
  hostFactsOf(host, {
    server: seen(
      serverFacts({ ...(host === 'beta' ? { systemIdentifier: '7400000000000000002' } : {}), ...over }),
    ),
  })

function withMachine(host: 'alpha' | 'beta', over: object): HostFacts {
  const facts = hostFactsOf(host)
  const machine = answerOf(facts.machine)
  if (!machine) throw new Error('the host of the test has no machine')
  return { ...facts, machine: seen({ ...machine, ...over }) }
}

function withData(over: object, host: 'alpha' | 'beta' = 'beta'): HostFacts {
  const facts = hostFactsOf(host)
  const data = answerOf(facts.data)
  if (!data) throw new Error('the host of the test has no data')
  return { ...facts, data: seen({ ...data, ...over }) }
}

function withPath(host: 'alpha' | 'beta', path: string, over: object): HostFacts {
  const facts = hostFactsOf(host)
  const paths = (answerOf(facts.paths) ?? []).map((entry) =>
    entry.path === path ? { ...entry, ...over } : entry,
  )
  return { ...facts, paths: seen(paths) }
}

const dataDirectory = '/var/lib/postgresql/15/main'
const sender = (applicationName: string, clientAddress: string | null) => ({
  applicationName,
  clientAddress,
  state: 'streaming',
})

type Row = {
  readonly check: string
  readonly when: string
  readonly facts: Partial<Facts>
  readonly outcome: CheckOutcome
  readonly says: string
  readonly fix: string
}

const rows: readonly Row[] = [
  {
    check: 'standby-right-host',
    when: 'the machine-id can’t be read',
    facts: { standby: withMachine('beta', { machineId: '' }) },
    outcome: 'fail',
    says: 'The machine-id of beta could not be read.',
    fix: '/etc/machine-id',
  },
  {
    check: 'standby-address',
    when: 'the address is a loopback',
    facts: { standby: hostFactsOf('beta', { address: '127.0.1.1' }) },
    outcome: 'fail',
    says: '127.0.1.1 means “this machine itself”.',
    fix: 'the other host reaches it',
  },
  {
    check: 'standby-address',
    when: 'the address is a loopback of version 6',
    facts: { standby: hostFactsOf('beta', { address: '::1' }) },
    outcome: 'fail',
    says: '::1 means “this machine itself”.',
    fix: 'the other host reaches it',
  },
  {
    check: 'primary-address',
    when: 'it is one of version 6',
    facts: { primary: hostFactsOf('alpha', { address: 'fd00::11' }) },
    outcome: 'pass',
    says: 'fd00::11 is an address.',
    fix: '',
  },
  {
    check: 'clocks',
    when: 'one could not be read',
    facts: { standby: hostFactsOf('beta', { clockOffsetMs: null }) },
    outcome: 'warn',
    says: 'The clocks could not be compared.',
    fix: 'Mend the access',
  },
  {
    check: 'clocks',
    when: 'they differ by less than the question’s own uncertainty',
    facts: { standby: hostFactsOf('beta', { clockOffsetMs: 2_500, clockErrorMs: 900 }) },
    outcome: 'pass',
    says: 'beta is 2.5 s ahead of alpha (±902 ms).',
    fix: '',
  },
  {
    check: 'clocks',
    when: 'they differ by more than the limit',
    facts: { standby: hostFactsOf('beta', { clockOffsetMs: -2_996, clockErrorMs: 2 }) },
    outcome: 'warn',
    says: 'beta is 3.0 s behind alpha (±4 ms).',
    fix: 'timedatectl set-ntp true',
  },
  {
    check: 'standby-application',
    when: 'there is no systemd',
    facts: { standby: withMachine('beta', { hasSystemd: false }) },
    outcome: 'fail',
    says: 'systemd on beta does not know ledger.service.',
    fix: 'Install the application',
  },
  {
    check: 'standby-file-tools',
    when: 'rsync and ssh are missing',
    facts: { standby: withMachine('beta', { rsyncVersion: null, hasSshKeyscan: false }) },
    outcome: 'fail',
    says: 'rsync and openssh-client is missing on beta.',
    fix: 'apt-get install rsync openssh-client',
  },
  {
    check: 'primary-file-tools',
    when: 'the primary has no cron: it needs none',
    facts: { primary: withMachine('alpha', { cronActive: false, hasSshKeyscan: false }) },
    outcome: 'pass',
    says: 'rsync 3.2.7.',
    fix: '',
  },
  {
    check: 'directories',
    when: 'they could not be looked at',
    facts: { standby: hostFactsOf('beta', { paths: unseen }) },
    outcome: 'fail',
    says: why.message,
    fix: why.fix,
  },
  {
    check: 'data-directory',
    when: 'the standby’s could not be looked at',
    facts: { standby: hostFactsOf('beta', { data: unseen }) },
    outcome: 'fail',
    says: why.message,
    fix: why.fix,
  },
  {
    check: 'data-directory',
    when: 'it was not found',
    facts: { standby: withPath('beta', dataDirectory, { exists: false }) },
    outcome: 'fail',
    says: `${dataDirectory} was not found on beta.`,
    fix: 'login user may look there',
  },
  {
    check: 'data-directory',
    when: 'the directory above can’t be written',
    facts: { standby: withData({ parentWritable: false }) },
    outcome: 'fail',
    says: `may not rename ${dataDirectory} on beta.`,
    fix: 'chown',
  },
  {
    check: 'data-directory',
    when: 'WAL lies elsewhere',
    facts: { standby: withData({ walIsLink: true }) },
    outcome: 'warn',
    says: 'is a link to another place.',
    fix: 'the old place stays as it is',
  },
  {
    check: 'data-directory',
    when: 'a file system is mounted within it',
    facts: { standby: withData({ mountsWithin: [`${dataDirectory}/pg_wal`] }) },
    outcome: 'fail',
    says: 'come back over the new at a reboot',
    fix: '/etc/fstab',
  },
  {
    check: 'primary-data',
    when: 'the base backup could not read all of it',
    facts: { primary: withData({ unreadableNames: ['lost+found'] }, 'alpha') },
    outcome: 'fail',
    says: `postgres can’t read lost+found in ${dataDirectory} on alpha`,
    fix: `chown postgres ${dataDirectory}/lost+found`,
  },
  {
    check: 'disk-space',
    when: 'nothing is known of the standby’s file systems',
    facts: { standby: hostFactsOf('beta', { paths: unseen }) },
    outcome: 'fail',
    says: why.message,
    fix: why.fix,
  },
  {
    check: 'wal-space',
    when: 'the primary’s free space is not known',
    facts: { primary: hostFactsOf('alpha', { paths: unseen }) },
    outcome: 'fail',
    says: why.message,
    fix: why.fix,
  },
  {
    check: 'standby-postgres',
    when: 'it is too old',
    facts: { standby: withServer('beta', { versionNum: 110022, version: '11.22' }) },
    outcome: 'fail',
    says: 'PostgreSQL 11.22 on beta.',
    fix: '12 is the oldest',
  },
  {
    check: 'standby-postgres',
    when: 'its client programs are missing',
    facts: { standby: withData({ hasBaseBackup: false }) },
    outcome: 'fail',
    says: 'There is no pg_basebackup in /usr/lib/postgresql/15/bin on beta.',
    fix: 'client programs',
  },
  {
    check: 'postgres-versions',
    when: 'one of them is not known',
    facts: { standby: hostFactsOf('beta', { server: unseen }) },
    outcome: 'fail',
    says: 'The versions could not be compared.',
    fix: 'PostgreSQL found',
  },
  {
    check: 'machines-alike',
    when: 'the processors differ',
    facts: { standby: withMachine('beta', { architecture: 'aarch64' }) },
    outcome: 'fail',
    says: 'x86_64 and Debian GNU/Linux 12 (bookworm), aarch64.',
    fix: 'same processor architecture',
  },
  {
    check: 'machines-alike',
    when: 'the releases differ',
    facts: { standby: withMachine('beta', { system: 'Debian GNU/Linux 13 (trixie)' }) },
    outcome: 'warn',
    says: 'Debian GNU/Linux 13 (trixie)',
    fix: 'breaks indexes',
  },
  {
    check: 'primary-standalone',
    when: 'a backup without a name is connected by the local socket',
    facts: { primary: withServer('alpha', { senders: [sender('', null)] }) },
    outcome: 'fail',
    says: 'alpha already sends WAL to unnamed from a local socket.',
    fix: 'end the other replication',
  },
  {
    check: 'primary-standalone',
    when: 'a slot is left over',
    facts: { primary: withServer('alpha', { slots: ['old', 'older'] }) },
    outcome: 'warn',
    says: 'Replication slots exist: old, older.',
    fix: 'drop it if it is left over',
  },
  {
    check: 'standby-standalone',
    when: 'another standby hangs on it',
    facts: { standby: withServer('beta', { senders: [sender('walreceiver', '10.7.0.77')] }) },
    outcome: 'fail',
    says: 'Another standby hangs on beta.',
    fix: 'serves nobody',
  },
  {
    check: 'setting-floors',
    when: 'they could not be compared',
    facts: { standby: hostFactsOf('beta', { server: unseen }) },
    outcome: 'fail',
    says: why.message,
    fix: why.fix,
  },
  {
    check: 'postgres-port',
    when: 'it could not be tried',
    facts: { link: linkFactsOf({ postgres: 'not-asked' }) },
    outcome: 'fail',
    says: 'It could not be tried.',
    fix: 'PostgreSQL found',
  },
  {
    check: 'postgres-port',
    when: 'the primary is just starting',
    facts: { link: linkFactsOf({ postgres: 'rejecting' }) },
    outcome: 'fail',
    says: '10.7.0.11, port 5432 refuses connections just now.',
    fix: 'try again',
  },
  {
    check: 'postgres-port',
    when: 'the primary listens on no address yet',
    facts: {
      primary: hostFactsOf('alpha', { server: seen(withSettings(serverFacts(), { listen_addresses: '' })) }),
      link: linkFactsOf({ postgres: 'no-response' }),
    },
    outcome: 'warn',
    says: 'PostgreSQL listens on no address only.',
    fix: 'with a restart',
  },
  {
    check: 'ssh-port',
    when: 'it is filtered',
    facts: { link: linkFactsOf({ ssh: 'no-response' }) },
    outcome: 'fail',
    says: '10.7.0.11, port 22 does not answer beta.',
    fix: 'Let connections from 10.7.0.12 to port 22',
  },
  {
    check: 'ssh-port',
    when: 'the standby can’t look',
    facts: { link: linkFactsOf({ ssh: 'not-asked' }) },
    outcome: 'fail',
    says: 'ssh-keyscan is missing on beta.',
    fix: 'openssh-client',
  },
  {
    check: 'primary-restart',
    when: 'too few WAL senders are allowed',
    facts: {
      primary: hostFactsOf('alpha', { server: seen(withSettings(serverFacts(), { max_wal_senders: '2' })) }),
      standby: hostFactsOf('beta', { server: seen(withSettings(serverFacts(), { max_wal_senders: '2' })) }),
    },
    outcome: 'fail',
    says: 'max_wal_senders is 2 and must be at least 3.',
    fix: 'Agree to the restart',
  },
]

const profile = profileOf()
const createChecks = (facts: Facts) => createPreflight({ facts, input: createInputOf(), profile })

describe('a preflight check of create', () => {
  test.each(rows)('$check: $outcome when $when', ({ check, facts, outcome, says, fix }) => {
    const found = createChecks(createFactsOf(facts)).find(({ id }) => id === check)
    expect(found?.outcome).toBe(outcome)
    expect(found?.evidence).toContain(says)
    expect(found?.fix).toContain(fix)
  })

  test('of the application does not apply to a profile without a unit', () => {
    const bare = { ...profile, application: { ...profile.application, unit: null } }
    const checks = createPreflight({ facts: createFactsOf(), input: createInputOf(), profile: bare })
    const units = checks.filter(({ id }) => id.endsWith('-application'))
    expect(units.map(({ outcome }) => outcome)).toEqual(['not-applicable', 'not-applicable'])
  })
})
