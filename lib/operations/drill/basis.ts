import type { SharedSettings } from '@/lib/commands/drill/copy-server'
import type { CopyWay } from '@/lib/domain/drill'
import type { ReplayWatch } from '@/lib/domain/drill-lag'
import { type DrillPlaces, drillPlaces, drillPort, drillSentinel } from '@/lib/domain/drill-places'
import type { Host } from '@/lib/domain/host'
import type { OperationId } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { applicationName } from '@/lib/domain/pair-names'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { ownerConninfo } from '@/lib/facts/drill-survey'
import { markOf, type OperationContext } from '@/lib/operations/context'
import type { DrillFacts } from '@/lib/operations/drill/facts'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { DrillRepository } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'

export type DrillGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: DrillFacts
}

/** What every step of a drill is given: no step acts on the primary. */
export type DrillContext = OperationContext<null> & {
  readonly facts: DrillFacts
  readonly drills: Pick<DrillRepository, 'find' | 'begin' | 'change'>
  /** What this worker has seen of the standby's replication: each step goes on from what the one before has seen. */
  readonly replay: { watch: ReplayWatch }
}

/** The part of the context that is plain data: plan and steps are built from it, so what is shown is what runs. */
export type DrillBasis = DrillGround & Pick<DrillContext, 'layouts'> & { readonly shared: SharedSettings }

/** What plan and steps are built from; null where the standby could not be asked for what they need. */
export function drillBasis(ground: DrillGround): DrillBasis | null {
  const { facts, hosts } = ground
  const [standby, server] = [postgresLayoutOf(facts.standby, hosts.standby), answerOf(facts.server)]
  if (!standby || !server || !facts.host.seen) return null
  const { sharedPreloadLibraries, maxPreparedTransactions, maxLocksPerTransaction } = server
  return {
    ...ground,
    layouts: { primary: null, standby },
    shared: { sharedPreloadLibraries, maxPreparedTransactions, maxLocksPerTransaction },
  }
}

/** The standby's data directory itself, where its server knows it by a link. */
export const realDataDirectory = (
  { standby }: DrillFacts,
  layout: Pick<PostgresLayout, 'dataDirectory'>,
): string => answerOf(standby.data)?.realDirectory || layout.dataDirectory

/** Where everything of the drill lies. */
export const placesOf = ({
  facts,
  layouts,
  operationId,
}: Pick<DrillBasis, 'facts' | 'layouts' | 'operationId'>): DrillPlaces =>
  drillPlaces({
    directory: realDataDirectory(facts, layouts.standby),
    chosen: facts.options.directory,
    tablespaces: answerOf(facts.standby.server)?.tablespacePlaces ?? [],
    mark: markOf(operationId),
  })

/** Blocks are shared where all of the file systems can; else the standby gives a backup. */
export const copyWayOf = ({ host }: Pick<DrillFacts, 'host'>): CopyWay => {
  const parents = answerOf(host)?.parents ?? []
  return parents.length > 0 && parents.every(({ sharesBlocks }) => sharesBlocks) ? 'reflink' : 'backup'
}

/** Names and values that several steps use, computed in one place. */
export function drillNames(basis: Pick<DrillBasis, 'facts' | 'layouts' | 'operationId' | 'pair'>) {
  const { operationId, layouts, pair } = basis
  const backup = `${applicationName(pair.slug)}_drill`
  return {
    places: placesOf(basis),
    sentinel: drillSentinel(operationId),
    port: drillPort(layouts.standby.port),
    way: copyWayOf(basis.facts),
    /** The slot that keeps the copy's WAL while its blocks are shared. */
    slot: `understudy_drill_${markOf(operationId)}`,
    /** `application_name` of the backup's connection to the standby. */
    backup,
    conninfo: ownerConninfo(layouts.standby, backup),
  } as const
}

export const amcheckTitle = 'Tables and indexes are sound (pg_amcheck)'

/** Whether the copy is looked through by pg_amcheck; why not, else. */
export function whyNoAmcheck({ facts }: Pick<DrillBasis, 'facts'>): string | null {
  const [host, server] = [answerOf(facts.host), answerOf(facts.server)]
  if (facts.options.amcheckMinutes === 0) return 'It is left out, as chosen.'
  if (!host?.hasAmcheck) return 'pg_amcheck is not installed (PostgreSQL has it from 14 on).'
  if (!server?.hasAmcheckExtension)
    return 'The extension amcheck is not installed (it is among PostgreSQL’s contrib packages).'
  return host.hasTimeout ? null : 'timeout(1) is not installed, which ends it in time.'
}
