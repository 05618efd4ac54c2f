import { readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import type { CreateInput } from '@/lib/domain/inputs'
import type { PathFacts } from '@/lib/facts/path-survey'
import { openCreate } from '@/lib/operations/create/open-create'
import { planCreate } from '@/lib/operations/create/plan-create'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import type { ProvingGround } from '@/test/harness/engine-trial'
import type { FolderHost } from '@/test/harness/folder-host'
import { type FolderPair, folderPair, onceActed, tracesOf } from '@/test/harness/folder-pair'
import { dataDirectory } from '@/test/harness/folder-server'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import {
  createFactsOf,
  createInputOf,
  fileFactsOf,
  hostFactsOf,
  packageFactsOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

export type FolderGround = ProvingGround<null> & { readonly pair: FolderPair }
/** With what it was planned from, and every file of both hosts before it. */
export type FolderCreateGround = FolderGround & {
  readonly input: CreateInput
  readonly before: { readonly alpha: string; readonly beta: string }
}
export type FolderVariant = Given
const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')

export function throwUnless(isSo: boolean, sentence: string): void {
  if (!isSo) throw new Error(sentence)
}

/** Throws with the differences unless every file of the host is as it was. */
export function verifyTraces(host: FolderHost, before: string): void {
  const [is, was] = [tracesOf(host).split('\n'), before.split('\n')]
  const changed = [
    ...is.filter((line) => !was.includes(line)).map((line) => `+${line}`),
    ...was.filter((line) => !is.includes(line)).map((line) => `-${line}`),
  ]
  throwUnless(changed.length === 0, `${host.name} is not as it was:\n${changed.join('\n')}`)
}

/** Where the pair leaves its database out, no PostgreSQL was asked anything and no server's program ran. */
export function verifyUnasked({ pairs, alpha, beta }: FolderPair): void {
  if (pairs.current.scope.database) return
  const texts = [alpha, beta].flatMap(({ asked, ran }) => [
    ...asked,
    ...ran.filter((text) => /postgres|pg_/.test(text)),
  ])
  throwUnless(texts.length === 0, `PostgreSQL was asked or touched: ${texts[0]}`)
}

const withTablespace = {
  tablespaces: ['fast'],
  tablespacePlaces: [{ name: 'fast', oid: '16400', location: '/srv/fast', bytes: 3 }],
}

/** A tablespace as both hosts have it. */
function putTablespace({ alpha, beta }: FolderPair): void {
  for (const host of [alpha, beta]) {
    host.put('/srv/fast/PG_15_2022/5/1', host.name)
    host.put(`${dataDirectory}/pg_tblspc/here`, '')
    symlinkSync(host.path('/srv/fast'), host.path(`${dataDirectory}/pg_tblspc/16400`))
  }
}

/** The standby's vault is a link to a directory elsewhere, which has content that Understudy kept there earlier. */
function putLinkedVault({ beta }: FolderPair): void {
  beta.remove('/srv/ledger/vault')
  beta.put('/srv/data/vault/file', 'old')
  beta.put('/srv/data/vault/.understudy-11111111/kept', '')
  symlinkSync(beta.path('/srv/data/vault'), beta.path('/srv/ledger/vault'))
}

/** The standby reads the primary's content through its link, and the old content is kept. */
function verifyTablespace({ beta }: FolderPair): void {
  throwUnless(
    readFileSync(beta.path(`${dataDirectory}/pg_tblspc/16400/PG_15_2022/5/1`), 'utf8') === 'alpha' &&
      readlinkSync(beta.path(`${dataDirectory}/pg_tblspc/16400`)) === beta.path('/srv/fast'),
    'the tablespace is not the primary’s',
  )
  throwUnless(
    beta.read('/srv/fast/.understudy-0a1b2c3d/PG_15_2022/5/1') === 'beta',
    'the old content of the tablespace is gone',
  )
}

/** The old data of the standby is somewhere on it, whatever went wrong. */
const oldDataPlaces = [
  dataDirectory,
  `${dataDirectory}.understudy-0a1b2c3d`,
  `${dataDirectory}/.understudy-0a1b2c3d`,
  '/srv/kept/main.understudy-0a1b2c3d',
]

const withPlace = (host: HostFacts, path: string, over: Partial<PathFacts>): HostFacts => ({
  ...host,
  paths: host.paths.seen
    ? {
        seen: true,
        value: host.paths.value.map((place) => (place.path === path ? { ...place, ...over } : place)),
      }
    : host.paths,
})

function standbyFacts(facts: HostFacts, { isMount, isVaultLink }: Given): HostFacts {
  const mounted = isMount ? withPlace(facts, dataDirectory, { isMountPoint: true }) : facts
  return isVaultLink ? withPlace(mounted, '/srv/ledger/vault', { isLink: true }) : mounted
}

type Given = {
  scope?: CreateInput['scope']
  needsRestart?: boolean
  /** The standby's data directory is the root of a file system. */
  isMount?: boolean
  oldDataDirectory?: string
  /** The primary has a tablespace in `/srv/fast`, where the standby has one too. */
  hasTablespace?: boolean
  /** With a replication slot, and a restart for the sake of pg_rewind. */
  hasSlot?: boolean
  /** One of the standby's directories is a link to a directory elsewhere. */
  isVaultLink?: boolean
}

/** A create operation on two folder hosts, and what must be true of them. */
export async function folderCreateGround(given: Given = {}): Promise<FolderCreateGround> {
  const scope = given.scope ?? { database: true, files: true }
  const settings = { ...createInputOf().settings, slotWalSegments: given.hasSlot ? 64 : null }
  const pair = folderPair({ scope, settings })
  const { alpha, beta, servers, hosts, pairs, profile } = pair
  const input = createInputOf({
    scope,
    hosts: pairs.current.hosts,
    settings,
    agreeRestart: given.needsRestart === true || given.hasSlot === true,
    oldDataDirectory: given.oldDataDirectory ?? null,
  })
  const server = given.needsRestart
    ? withSettings(serverFacts(), { listen_addresses: 'localhost', wal_level: 'minimal' })
    : withSettings(
        serverFacts(given.hasTablespace ? withTablespace : {}),
        given.hasSlot ? { data_checksums: 'off' } : {},
      )
  const packages = scope.packages ? [packageFactsOf()] : []
  const facts = scope.database
    ? createFactsOf({
        primary: hostFactsOf('alpha', { server: { seen: true, value: server } }),
        standby: standbyFacts(hostFactsOf('beta'), given),
        packages,
      })
    : createFactsOf({
        primary: fileFactsOf('alpha'),
        standby: standbyFacts(fileFactsOf('beta'), given),
        packages,
      })
  if (given.isVaultLink) putLinkedVault(pair)
  // Nothing starts the primary's application again by itself.
  alpha.put('/.units/ledger.service/bound-to-postgresql@15-main.service', '')
  if (given.hasTablespace) putTablespace(pair)
  if (given.isMount) beta.put(`${dataDirectory}/lost+found/of the file system`, '')
  if (given.oldDataDirectory) beta.put(`${given.oldDataDirectory}/here`, '')
  const plan = planCreate({ operationId, pair: pairs.current, profile, hosts, input, facts }, now)
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const opened = await openCreate(queuedOperation(plan, input), pair.ports)
  return {
    pair,
    plan,
    input,
    before,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(servers.primary.isWritable(), 'the primary is not writable any more')
      const isKept = oldDataPlaces.some(
        (place) => beta.has(`${place}/old-data`) && beta.read(`${place}/old-data`) === '7400000000000000002',
      )
      throwUnless(isKept, 'the standby’s old data is gone')
      throwUnless(alpha.read('/srv/ledger/vault/file') === 'new', 'a file of the primary was changed')
    },
    async verifyDone() {
      throwUnless(pairs.current.isPaired, 'the pair is not recorded')
      throwUnless(alpha.has('/.units/ledger.service/active'), 'the primary’s application is down')
      if (scope.database) {
        throwUnless(servers.standby.streamsFrom(servers.primary), 'the standby does not stream')
        throwUnless(
          servers.primary.slots.has('understudy_ledger') === (given.hasSlot === true),
          'no such slot',
        )
        throwUnless(!given.hasSlot || servers.primary.altered.get('wal_log_hints') === 'on', 'no hints')
      } else throwUnless(beta.read('/var/lib/understudy/ledger/file-role') === 'standby\n', 'it has no role')
      throwUnless(
        beta.read('/var/lib/understudy/ledger/kept-0a1b2c3d.json').includes('.understudy-0a1b2c3d'),
        'nothing says until when the old data is kept',
      )
      verifyUnasked(pair)
      if (scope.packages) {
        const installed = beta.read('/.packages')
        throwUnless(/^ledger-tools\t1\.4$/m.test(installed), 'the missing package is not installed')
        throwUnless(
          beta.read('/var/log/ledger/deb_packages_primary.txt') === 'bash=5.2\nledger-tools=1.4\n',
          'the list of the primary’s packages is not there',
        )
        throwUnless(
          beta.read('/etc/cron.d/understudy-ledger').includes('understudy-packages ledger\n'),
          'packages are not kept',
        )
        throwUnless(
          alpha.has('/etc/understudy/ledger/send-packages.conf'),
          'the primary says nothing of packages',
        )
      }
      if (given.hasTablespace) verifyTablespace(pair)
      if (scope.files) {
        throwUnless(beta.read('/srv/ledger/vault/file') === 'new', 'the files were not copied')
        const aside = `/srv/ledger/vault${given.isVaultLink ? '/' : ''}.understudy-0a1b2c3d`
        throwUnless(beta.read(`${aside}/file`) === 'old', 'the old files are gone')
        throwUnless(
          beta.read('/var/lib/understudy/ledger/kept-0a1b2c3d.json').includes(`${aside}"`),
          'nothing says until when the old files are kept',
        )
        throwUnless(beta.has('/etc/cron.d/understudy-ledger'), 'nothing is scheduled')
      }
    },
    async verifyUndone() {
      if (given.hasTablespace)
        throwUnless(beta.read('/srv/fast/PG_15_2022/5/1') === 'beta', 'the tablespace is not what it was')
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      throwUnless(servers.primary.roles.size === 0, 'roles are left')
      throwUnless(servers.primary.altered.size === 0, 'settings are left')
      throwUnless(servers.primary.slots.size === 0, 'a slot is left')
      throwUnless(servers.standby.isWritable(), 'the old server of the standby does not run')
      throwUnless(!pairs.current.isPaired, 'the pair is still recorded')
    },
    async dispose() {
      await opened.close()
      await alpha.dispose()
      await beta.dispose()
    },
  }
}
