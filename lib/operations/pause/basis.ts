import type { Host } from '@/lib/domain/host'
import type { OperationId } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PausePart } from '@/lib/domain/pause'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { PauseFacts } from '@/lib/operations/pause/facts'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { Profile } from '@/lib/profiles/schema'

export type PauseGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: PauseFacts
}

/** What every step of a pause or of its end is given. */
export type PauseContext = AnyOperationContext & {
  readonly facts: PauseFacts
  /** Who started the operation, and why: they stand with the pause. */
  readonly by: string
  readonly reason: string
}

/** The part of the context that is plain data. */
export type PauseBasis = PauseGround & Pick<PauseContext, 'layouts'>

/** What plan and steps are built from; null while the standby could not be asked for what they need. */
export function pauseBasis(ground: PauseGround): PauseBasis | null {
  const { facts, hosts, pair } = ground
  if (!facts.standby.machine.seen) return null
  if (!pair.scope.database) return { ...ground, layouts: { primary: null, standby: null } }
  const standby = postgresLayoutOf(facts.standby, hosts.standby)
  return standby && { ...ground, layouts: { primary: null, standby } }
}

/** What there is of a pair that can be paused. */
export const pausableParts = ({
  scope,
  settings,
}: Pick<Pair, 'scope' | 'settings'>): readonly PausePart[] => [
  ...(scope.files && settings.directories.length > 0 ? (['sync'] as const) : []),
  ...(scope.database ? (['replay'] as const) : []),
]

/** What was paused when it was planned: by an operation, or replay by somebody's hand. */
export function pausedBefore({ before, standby }: PauseFacts): readonly PausePart[] {
  const isByHand = answerOf(standby.server)?.replayPaused === true && !before?.what.includes('replay')
  return [...(before?.what ?? []), ...(isByHand ? (['replay'] as const) : [])]
}

export type WithLayout = PauseBasis & { readonly layouts: { readonly standby: PostgresLayout } }
