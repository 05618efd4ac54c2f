import type { Role } from '@/lib/domain/pair'
import type { PausePart } from '@/lib/domain/pause'
import type { Leave } from '@/lib/domain/unpair'
import { createFacts } from '@/lib/operations/create/facts'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import type { PlaceFacts, UnpairFacts } from '@/lib/operations/unpair/facts'
import { openUnpair } from '@/lib/operations/unpair/open-unpair'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderCreateGround,
  type FolderGround,
  type FolderVariant,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { fileFactsOf, hostFactsOf, serverFacts } from '@/test/harness/operation-facts'

const operationId = 'f0e1d2c3-0000-4000-8000-000000000000'
const ofPrimary = '7400000000000000001'
const unseen = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'It can’t be reached.', fix: 'Look.' },
}
const unreachable = (name: 'alpha' | 'beta'): HostFacts =>
  hostFactsOf(name, {
    machine: unseen,
    asRoot: unseen,
    asDatabaseOwner: unseen,
    server: unseen,
    data: unseen,
    paths: unseen,
  })

type Given = FolderVariant & {
  readonly leave: Leave
  readonly away?: Role
  readonly paused?: readonly PausePart[]
  /** A change of settings since the create has the primary keep more WAL. */
  readonly keepsMore?: boolean
}

/** What is found at plan time on two folder hosts that a create has made a pair. */
function factsOf(created: FolderCreateGround, { leave, away }: Given): UnpairFacts {
  const { hosts, pairs } = created.pair
  const hasDatabase = pairs.current.scope.database
  const replayPaused = created.pair.servers.standby.isReplayPaused
  const standbyServer = serverFacts({ inRecovery: true, receiverStatus: 'streaming', replayPaused })
  const found = {
    primary: hasDatabase ? hostFactsOf('alpha') : fileFactsOf('alpha'),
    standby: hasDatabase
      ? hostFactsOf('beta', { server: { seen: true as const, value: standbyServer } })
      : fileFactsOf('beta'),
  }
  const placeOf = (role: Role): PlaceFacts => {
    const layout = role === away ? null : postgresLayoutOf(found[role], hosts[role])
    return layout && { layout: { ...layout, systemIdentifier: ofPrimary }, state: role }
  }
  const acts = (['primary', 'standby'] as const).filter((role) => role !== away)
  return {
    primary: away === 'primary' ? unreachable('alpha') : found.primary,
    standby: away === 'standby' ? unreachable('beta') : found.standby,
    places: hasDatabase
      ? { primary: placeOf('primary'), standby: placeOf('standby') }
      : { primary: null, standby: null },
    leave,
    acts,
    owes: away ? [away] : [],
    systemIdentifier: hasDatabase ? ofPrimary : null,
    created: {
      operationId: created.plan.operationId,
      hosts: created.plan.hosts,
      input: created.input,
      facts: createFacts.parse(created.plan.facts),
    },
    original: leave === 'original' ? { isThere: true, sentence: 'It is there.' } : null,
  }
}

const isKept = (line: string) =>
  /\.understudy-(?:0a1b2c3d|f0e1d2c3)|\/var\/lib\/understudy\/ledger(?:\/kept-[0-9a-f]{8}\.json)? /.test(line)
/** What is not of data that was put aside. */
const lasting = (traces: string) =>
  traces
    .split('\n')
    .filter((line) => !isKept(line))
    .join('\n')

/** Throws unless the standby is left as chosen. */
function verifyStandby({ pair, before }: FolderCreateGround, { leave, isMount }: Given): void {
  const { beta, servers, pairs } = pair
  const text = tracesOf(beta)
  throwUnless(!/sync_key|pgpass|etc\/understudy|cron\.d\/understudy/.test(text), 'files of the pair are left')
  const rules = '/etc/postgresql/15/main/pg_hba.conf'
  throwUnless(!beta.read(rules).includes('understudy'), 'lines of pg_hba.conf are left')
  if (leave === 'original') {
    // A tablespace’s link and a file system’s root keep their times only on a real host.
    const [is, was] = [lasting(text), lasting(before.beta)]
    if (!isMount) throwUnless(is === was, `beta is not as it was:\n${difference(is, was)}`)
    throwUnless(beta.has('/.units/ledger.service/active'), 'the application does not run again')
    if (pairs.current.scope.database) throwUnless(servers.standby.isWritable(), 'the original does not run')
    return
  }
  throwUnless(!beta.has('/.units/ledger.service/active'), 'the application runs')
  if (!pairs.current.scope.database) return
  throwUnless(servers.standby.isWritable() === (leave === 'standalone'), 'it was left otherwise')
  throwUnless(servers.standby.isRunning() === (leave === 'standalone'), 'it runs, or does not')
}

function difference(is: string, was: string): string {
  const [now, then] = [is.split('\n'), was.split('\n')]
  return [
    ...now.filter((line) => !then.includes(line)).map((line) => `+${line}`),
    ...then.filter((line) => !now.includes(line)).map((line) => `-${line}`),
  ].join('\n')
}

/** What is paused stands still, as a pause leaves it. */
async function standStill({ pair }: FolderCreateGround, what: readonly PausePart[]): Promise<void> {
  const { beta, servers, pairs } = pair
  servers.standby.isReplayPaused = what.includes('replay')
  const schedule = '/etc/cron.d/understudy-ledger'
  if (what.includes('sync')) {
    beta.put('/var/lib/understudy/ledger/schedule', beta.read(schedule))
    beta.remove(schedule)
  }
  const said = { by: 'ann', reason: 'disk swap', operationId: 'o' }
  await pairs.update(pairs.current.id, { pause: { what, until: '2026-11-23T05:00:00.000Z', ...said } })
}

/** An unpair of what a create made on two folder hosts; `away` is unplugged before. */
export async function folderUnpairGround(given: Given): Promise<FolderGround> {
  const { leave, away, paused, keepsMore, ...variant } = given
  const created = await folderCreateGround(variant)
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  if (paused) await standStill(created, paused)
  if (keepsMore) {
    await pairs.update(pairs.current.id, { settings: { ...pairs.current.settings, walKeepSegments: 128 } })
    servers.primary.altered.set('wal_keep_size', '2048MB')
  }
  if (away) (away === 'primary' ? alpha : beta).put('/.unplugged', '')
  const facts = factsOf(created, given)
  const plan = planUnpair({ operationId, pair: pairs.current, profile, hosts, facts }, new Date(0))
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const input = { acknowledgement: plan.acknowledgement, options: { leave } }
  const opened = await openUnpair(queuedOperation(plan, input), pair.ports)
  return {
    pair,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(away === 'primary' || servers.primary.isWritable(), 'the primary does not serve')
      throwUnless(alpha.has('/.units/ledger.service/active'), 'the primary’s application is down')
      throwUnless(alpha.read('/srv/ledger/vault/file') === 'new', 'a file of the primary was changed')
    },
    async verifyDone() {
      throwUnless(!pairs.current.isPaired, 'they are still recorded as a pair')
      throwUnless(!pairs.current.pause, 'they are still recorded as paused')
      throwUnless((pairs.current.owed ?? []).length === (away ? 1 : 0), 'what is owed is recorded wrongly')
      verifyUnasked(pair)
      if (away !== 'primary') {
        verifyTraces(alpha, created.before.alpha)
        throwUnless(servers.primary.roles.size === 0, 'roles are left')
        throwUnless(servers.primary.altered.size === 0, 'settings are left')
        throwUnless(servers.primary.slots.size === 0, 'a slot is left')
      }
      if (away !== 'standby') verifyStandby(created, given)
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      throwUnless(pairs.current.isPaired, 'the pair is not recorded any more')
      if (away === undefined && pairs.current.scope.database)
        throwUnless(servers.standby.streamsFrom(servers.primary), 'the standby does not stream')
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
