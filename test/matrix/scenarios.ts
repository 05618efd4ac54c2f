import type { Lab } from '@/lab/lab'
import type { Operation, OperationKind, Plan } from '@/lib/domain/operation'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts, findPair, findProfile } from '@/lib/services/find-or-throw'
import { readTraces } from '@/test/harness/create-ground'

/** How the hosts stand when an operation begins. */
type World = 'unpaired' | 'paired'

export type Scenario = {
  readonly name: string
  readonly kind: OperationKind
  readonly world: World
  /** What happens to the hosts before it is planned. */
  readonly prepare?: (lab: Lab, context: ServiceContext) => Promise<void>
  plan(context: ServiceContext, operationId: string): Promise<{ plan: Plan; input: unknown }>
  /** Throws unless facts on the hosts show what the operation is for. */
  verifyDone(lab: Lab, operation: Operation): Promise<void>
  /** Throws unless the hosts are as they were. */
  verifyUndone(lab: Lab, traces: readonly string[]): Promise<void>
}

const slug = 'ledger'

function requireThat(isSo: boolean, sentence: string): void {
  if (!isSo) throw new Error(sentence)
}

/** What each host has of Understudy and its own settings, as text; equal texts mean that nothing is left. */
export const tracesOf = (lab: Lab): Promise<readonly string[]> =>
  Promise.all(lab.hosts.map((host) => (host.isOn() ? readTraces(host) : Promise.resolve('off'))))

/** What the pair's own copies leave, by cron and at any time. */
const isOfCopies = (line: string) => /\.understudy-bin|\/understudy\/ledger\/runs/.test(line)

async function verifyTraces(lab: Lab, before: readonly string[]): Promise<void> {
  const linesOf = (text: string) => text.split('\n').filter((line) => !isOfCopies(line))
  for (const [index, now] of (await tracesOf(lab)).entries()) {
    const was = linesOf(before[index] ?? '')
    const is = linesOf(now)
    const changed = [
      ...is.filter((line) => !was.includes(line)).map((line) => `+${line}`),
      ...was.filter((line) => !is.includes(line)).map((line) => `-${line}`),
    ]
    requireThat(
      changed.length === 0,
      `${lab.host(index).name} is not as it was: ${changed.slice(0, 6).join(' | ')}`,
    )
  }
}

async function leaveDatabaseOut(_: Lab, { store }: ServiceContext): Promise<void> {
  const { id } = await findPair(store, slug)
  await store.pairs.update(id, { scope: { database: false, files: true } })
}

const create: Scenario = {
  name: 'create',
  kind: 'create',
  world: 'unpaired',
  async plan(context, operationId) {
    const pair = await findPair(context.store, slug)
    const hosts = await findHosts(context.store, pair.hosts)
    const { profileId, scope, settings } = pair
    const directories = [...settings.directories]
    const input = {
      slug,
      profileId,
      scope,
      settings: { ...settings, directories },
      hosts: pair.hosts,
      agreeRestart: false,
      oldDataDirectory: null,
    }
    const profile = findProfile(context, profileId)
    return { plan: await context.planners.planCreate({ profile, hosts, input, operationId }), input }
  },
  async verifyDone(lab) {
    const rows = Number(await lab.host(0).sql('select count(*) from entries'))
    const seen = await lab.host(1).sql('select pg_is_in_recovery(), status from pg_stat_wal_receiver')
    requireThat(seen === 't|streaming', `the standby does not stream: ${seen}`)
    const copied = Number(await lab.host(1).sql('select count(*) from entries'))
    requireThat(copied >= rows, `${rows} rows on the primary, ${copied} on the standby`)
    await lab.host(1).exec('test -f /etc/cron.d/understudy-ledger && ls /srv/ledger/vault | grep -q .')
  },
  verifyUndone: verifyTraces,
}

/** The same of a pair that leaves its database out. */
const createOfFiles: Scenario = {
  ...create,
  name: 'create, files alone',
  prepare: leaveDatabaseOut,
  async verifyDone(lab) {
    const said = await Promise.all(
      lab.hosts.map((host) => host.exec('cat /var/lib/understudy/ledger/file-role')),
    )
    requireThat(said.join(' ') === 'primary standby', `the hosts say that they are ${said.join(' and ')}`)
    const seen = await lab.host(1).sql('select pg_is_in_recovery()')
    requireThat(seen === 'f', 'the standby’s own PostgreSQL was touched')
    await lab.host(1).exec('test -f /etc/cron.d/understudy-ledger && ls /srv/ledger/vault | grep -q .')
  },
}

const promotion = async (context: ServiceContext, operationId: string) => {
  const pair = await findPair(context.store, slug)
  const hosts = await findHosts(context.store, pair.hosts)
  const profile = findProfile(context, pair.profileId)
  const plan = await context.planners.planPromote({
    profile,
    hosts,
    pair,
    operationId,
    latest: null,
    shown: null,
  })
  return { plan, input: { acknowledgement: plan.acknowledgement } }
}

async function verifyPromoted(lab: Lab): Promise<void> {
  requireThat(
    (await lab.host(1).sql('select pg_is_in_recovery()')) === 'f',
    'the promoted host is not writable',
  )
  await lab.host(1).exec('/srv/ledger/bin/check')
  requireThat(
    (await lab.host(1).tryExec('test -e /etc/cron.d/understudy-ledger')).exitCode !== 0,
    'files still flow',
  )
}

const promoteAlive: Scenario = {
  name: 'promote, primary alive',
  kind: 'promote',
  world: 'paired',
  plan: promotion,
  async verifyDone(lab) {
    await verifyPromoted(lab)
    const old = await lab.host(0).tryExec('systemctl is-active postgresql@15-main')
    requireThat(old.stdout.trim() !== 'active', 'the old primary still runs')
  },
  async verifyUndone(lab, traces) {
    await lab.host(0).exec('/srv/ledger/bin/check')
    await verifyTraces(lab, traces)
  },
}

const promoteDead: Scenario = {
  name: 'promote, primary dead',
  kind: 'promote',
  world: 'paired',
  prepare: (lab) => lab.host(0).kill(),
  plan: promotion,
  verifyDone: verifyPromoted,
  verifyUndone: verifyTraces,
}

/** Somebody promoted the standby by hand, or the network was parted: the former primary still writes. */
async function promoteByHand(lab: Lab, { store }: ServiceContext): Promise<void> {
  await lab.host(1).sql('select pg_promote()')
  await lab.host(1).exec('rm -f /etc/cron.d/understudy-ledger && systemctl enable --now ledger')
  const { id, hosts } = await findPair(store, slug)
  const exchanged = { primary: hosts.standby, standby: hosts.primary }
  await store.pairs.update(id, { hosts: exchanged, formerPrimary: 'watched' })
}

const fence: Scenario = {
  name: 'fence',
  kind: 'fence',
  world: 'paired',
  prepare: promoteByHand,
  async plan(context, operationId) {
    const pair = await findPair(context.store, slug)
    const hosts = await findHosts(context.store, pair.hosts)
    const profile = findProfile(context, pair.profileId)
    const plan = await context.planners.planFence({ profile, hosts, pair, operationId, latest: null })
    return { plan, input: {} }
  },
  async verifyDone(lab) {
    await verifyPromoted(lab)
    const former = await lab.host(0).tryExec('pg_isready -q')
    requireThat(former.exitCode !== 0, 'the former primary still runs')
  },
  // What a fence did stays: taken back it would make two writable primaries by our doing.
  verifyUndone: verifyPromoted,
}

/** Every kind of operation in every situation in which it is another one. A kind without an entry does not compile. */
const scenariosOf: Readonly<Record<OperationKind, readonly Scenario[]>> = {
  create: [create, createOfFiles],
  promote: [promoteAlive, promoteDead],
  fence: [fence],
}

export const scenarios: readonly Scenario[] = Object.values(scenariosOf).flat()
