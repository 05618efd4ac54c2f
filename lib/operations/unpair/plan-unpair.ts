import { binPath } from '@/lib/commands/sync'
import type { Host } from '@/lib/domain/host'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { Leave } from '@/lib/domain/unpair'
import { nameOwner } from '@/lib/operations/name-owner'
import { unpairPreflight } from '@/lib/operations/preflight/unpair-preflight'
import { syncOf } from '@/lib/operations/sync-of'
import { directoriesSince, hasStandbyData, type UnpairBasis } from '@/lib/operations/unpair/basis'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import { plannedUnpair } from '@/lib/operations/unpair/unpair-steps'
import type { Profile } from '@/lib/profiles/schema'

export type UnpairGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: UnpairFacts
}

/** What plan and steps are built from. */
export const unpairBasis = (ground: UnpairGround): UnpairBasis => ({
  ...ground,
  layouts: {
    primary: ground.facts.places.primary?.layout ?? null,
    standby: ground.facts.places.standby?.layout ?? null,
  },
})

/** What the pair has put on a host, in words, for one on which it is removed later. */
const putThere: Readonly<Record<Role, string>> = {
  primary:
    'its lines of pg_hba.conf, the roles, the settings and the slot of replication, and the key and the marks of the file sync',
  standby:
    'what its data is left as, its lines of pg_hba.conf, the password of replication, and the file sync',
}

const leftWords = (basis: UnpairBasis): Readonly<Record<Leave, string>> => {
  const { primary, standby } = basis.hosts
  return {
    stopped: `PostgreSQL on ${standby.name} is stopped and holds a copy of the data of ${primary.name}, with the pair’s roles and settings of replication in it. Started by hand or with the host, it comes up read-only and follows nobody; once started, a standby can be created over it.`,
    standalone: `${standby.name} becomes writable and holds a copy of the data of ${primary.name}: from then on the two diverge, and nothing brings them together again. Its application stays stopped; see that no client takes it for the primary.`,
    original: `The data that ${standby.name} had before the pair gets its place back and is started. The copy of the data of ${primary.name} is put aside, not deleted.`,
  }
}

function owedWarnings({ facts, hosts }: UnpairBasis): readonly string[] {
  return facts.owes.map((role) => {
    const { machine, server } = facts[role]
    const why = !machine.seen
      ? machine.why.message
      : !server.seen
        ? server.why.message
        : `PostgreSQL on ${hosts[role].name} accepts no writes.`
    return `${hosts[role].name} can’t be reached for it now: ${why} What the pair has put there is owed, and removed by itself as soon as it answers: ${putThere[role]}.`
  })
}

/** What copies replaced or deleted lies in bins of its own, which the runner empties: it goes with the pair. */
function binWarnings(basis: UnpairBasis): readonly string[] {
  const { facts, pair, hosts } = basis
  const { directories } = pair.settings
  if (!facts.acts.includes('standby') || !pair.scope.files || directories.length === 0) return []
  const bins = [...new Set(directories.map((directory) => binPath(syncOf(basis), directory)))]
  return [
    `What the file sync has replaced or deleted on ${hosts.standby.name} stays in its bins, and nothing empties them any more: ${bins.join(', ')}.`,
  ]
}

/** What a create did not put aside, or the pair does not have any more, is not brought back. */
function directoryWarnings(basis: UnpairBasis): readonly string[] {
  const { facts, hosts } = basis
  const { came, went } = directoriesSince(basis)
  if (facts.leave !== 'original' || facts.created === null || came.length + went.length === 0) return []
  const paths = [...came, ...went].map(({ path }) => path).join(', ')
  return [
    `${paths}: taken into the pair, or out of it, since it was made. What was copied there stays on ${hosts.standby.name} as it is; what ${hosts.standby.name} had there before lies beside it, put aside.`,
  ]
}

function warningsOf(basis: UnpairBasis): readonly string[] {
  const { facts, pair, hosts } = basis
  const isHandled = facts.acts.includes('standby') && hasStandbyData(basis)
  return [
    ...owedWarnings(basis),
    ...(isHandled ? [leftWords(basis)[facts.leave]] : []),
    ...(facts.acts.includes('standby') && pair.scope.database && !isHandled
      ? [
          `What PostgreSQL on ${hosts.standby.name} holds could not be proved to be the pair’s data: it is left as it is.`,
        ]
      : []),
    ...(facts.created === null
      ? [
          'The operation that made this pair is not in the store: what was set for replication before it is not known, so settings stay as they are.',
        ]
      : []),
    ...directoryWarnings(basis),
    ...binWarnings(basis),
    ...(pair.scope.packages
      ? [`Packages that were installed on ${hosts.standby.name} for the pair stay.`]
      : []),
  ]
}

/** The plan of an unpair, on the hosts that can be reached now; what is owed on the other stands in its warnings. */
export function planUnpair(ground: UnpairGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = unpairBasis(ground)
  const preflight = unpairPreflight(basis)
  return {
    operationId,
    kind: 'unpair',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: plannedUnpair(basis).map((planned) => nameOwner(planned, basis.layouts)),
    preflight,
    warnings: [
      ...warningsOf(basis),
      ...preflight
        .filter(({ outcome, id }) => outcome === 'warn' && !id.endsWith('-reach'))
        .map(({ evidence, fix }) => `${evidence} ${fix}`),
    ],
    // What is done later on a host that was away was agreed to then.
    acknowledgement: pair.isPaired && facts.leave !== 'stopped' ? hosts.standby.name : '',
    facts,
  }
}
