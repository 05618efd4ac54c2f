import type { CreateBasis, FileBasis } from '@/lib/operations/create/basis'
import type { CreateContext, FileContext } from '@/lib/operations/create/context'
import type { RepairedDatabase, RepairFacts } from '@/lib/operations/repair/facts'

type OfRepair = { readonly facts: RepairFacts }

/** What every step of a re-pair is given: what a create's is, and how the standby's data stand to the primary's. */
export type RepairContext = CreateContext & OfRepair
/** The same where the pair may leave its database out. */
export type RepairFileContext = FileContext & OfRepair

/** What a host's own data need to follow: how they stand to the primary's is another question. */
export type FollowBasis = CreateBasis &
  OfRepair & { readonly database: Omit<RepairedDatabase, 'line' | 'data'> }
export type RepairBasis = FollowBasis & { readonly database: RepairedDatabase }
export type RepairFileBasis = FileBasis & OfRepair
