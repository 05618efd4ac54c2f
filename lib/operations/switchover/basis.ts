import type { AnyPromoteContext, PromoteContext } from '@/lib/operations/promote/context'
import type {
  FollowBasis,
  RepairContext,
  RepairFileBasis,
  RepairFileContext,
} from '@/lib/operations/repair/basis'
import type { SwitchoverFacts } from '@/lib/operations/switchover/facts'

type OfSwitchover = { readonly facts: SwitchoverFacts }
type OldPrimaryLayout = {
  readonly layouts: { readonly primary: NonNullable<PromoteContext['layouts']['primary']> }
}

/** What every step of a switch over is given. `turned`: the same hosts in the roles that they are to have. */
export type SwitchoverContext = PromoteContext &
  OldPrimaryLayout &
  OfSwitchover & { readonly turned: RepairContext }
/** The same where the pair may leave its database out. */
export type SwitchoverFileContext = AnyPromoteContext & OfSwitchover & { readonly turned: RepairFileContext }

type PlainData = 'operationId' | 'pair' | 'profile' | 'hosts' | 'layouts' | 'facts'
export type SwitchoverBasis = Pick<SwitchoverContext, PlainData> & { readonly turned: FollowBasis }
export type SwitchoverFileBasis = Pick<SwitchoverFileContext, PlainData> & {
  readonly turned: RepairFileBasis
}

/** Whether the pair protects its database: then where PostgreSQL lies is known of both hosts. */
export const switchesDatabase = (basis: SwitchoverBasis | SwitchoverFileBasis): basis is SwitchoverBasis =>
  basis.pair.scope.database && 'database' in basis.turned
