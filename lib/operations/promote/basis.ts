import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import type { AnyPromoteContext, PromoteContext } from '@/lib/operations/promote/context'

/** The part of the context that is plain data: plan and steps are built from it. */
type PlainData = 'operationId' | 'pair' | 'profile' | 'hosts' | 'layouts' | 'facts'
export type PromoteBasis = Pick<PromoteContext, PlainData>
export type AnyPromoteBasis = Pick<AnyPromoteContext, PlainData>

/** What is needed to have the application served by the host that is the standby before a promotion. */
export type ServeBasis = Pick<AnyPromoteBasis, 'operationId' | 'pair' | 'profile' | 'hosts'> & {
  readonly facts: { readonly standby: HostFacts }
}

/** Whether the pair protects its database: then where the standby's PostgreSQL lies is known. */
export const promotesDatabase = (basis: AnyPromoteBasis): basis is PromoteBasis =>
  basis.pair.scope.database && basis.layouts.standby !== null

/** Where the operator's word is needed: exactly this is typed under the loss statement. */
export const acknowledgementOf = (standbyName: string): string => `promote ${standbyName} and accept the loss`
