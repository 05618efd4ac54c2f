import type { Host } from '@/lib/domain/host'
import type { OperationId, Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { slotName } from '@/lib/domain/pair-names'
import { isRowFilesNews, rowFilesSentences } from '@/lib/domain/row-files'
import { nameOwner } from '@/lib/operations/name-owner'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { promoteFilesPreflight } from '@/lib/operations/preflight/promote-files-preflight'
import { promotePreflight } from '@/lib/operations/preflight/promote-preflight'
import { type AnyPromoteBasis, acknowledgementOf } from '@/lib/operations/promote/basis'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { plannedPromote } from '@/lib/operations/promote/promote-steps'
import type { Profile } from '@/lib/profiles/schema'

export type PromoteGround = {
  readonly operationId: OperationId
  /** In the roles before the promotion. */
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: PromoteFacts
}

/** What plan and steps are built from; null while the standby could not be asked. */
export function promoteBasis(ground: PromoteGround): AnyPromoteBasis | null {
  const { facts, hosts, pair } = ground
  if (!pair.scope.database)
    return facts.standby.machine.seen ? { ...ground, layouts: { primary: null, standby: null } } : null
  const standby = postgresLayoutOf(facts.standby, hosts.standby)
  if (!standby) return null
  const last = facts.primaryLayout ?? standby
  const atRest = facts.primaryAtRest && { ...last, startConf: facts.primaryAtRest.startConf }
  return {
    ...ground,
    layouts: { standby, primary: postgresLayoutOf(facts.primary, hosts.primary) ?? atRest },
  }
}

/** The plan of a promotion. Without steps where the standby could not be read: its failed checks say why. */
export function planPromote(ground: PromoteGround, now: Date): Plan {
  const { operationId, pair, hosts, profile, facts } = ground
  const basis = promoteBasis(ground)
  const preflight = pair.scope.database
    ? promotePreflight(facts, profile)
    : promoteFilesPreflight(facts, profile)
  return {
    operationId,
    kind: 'promote',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: basis ? plannedPromote(basis).map((planned) => nameOwner(planned, basis.layouts)) : [],
    preflight,
    warnings: [
      facts.lossSentence,
      ...(facts.newerFiles ? [facts.newerFiles] : []),
      ...rowFilesWarnings(facts),
      ...preflight
        .filter(({ outcome }) => outcome === 'warn')
        .map(({ evidence, fix }) => `${evidence} ${fix}`),
      ...slotWarning(ground),
    ],
    acknowledgement: acknowledgementOf(hosts.standby.name),
    facts,
  }
}

/** What of the database would be served without its files, and when that was looked at. */
const rowFilesWarnings = ({ rowFiles }: PromoteFacts): readonly string[] =>
  rowFiles && isRowFilesNews(rowFiles)
    ? rowFilesSentences(rowFiles).map((sentence) => `${sentence} As seen ${rowFiles.at}.`)
    : []

/** The slot does not move with the role: what that means for both hosts. */
const slotWarning = ({ pair, hosts }: PromoteGround): readonly string[] =>
  pair.scope.database && pair.settings.slotWalSegments != null
    ? [
        `The slot ${slotName(pair.slug)} stays on ${hosts.primary.name} and holds back no more WAL than before; ${hosts.standby.name} has none until it has a standby again.`,
      ]
    : []
