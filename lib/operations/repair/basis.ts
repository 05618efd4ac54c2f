import type { CreateBasis, FileBasis } from '@/lib/operations/create/basis'
import type { CreateContext, FileContext } from '@/lib/operations/create/context'
import type { RepairedDatabase, RepairFacts } from '@/lib/operations/repair/facts'

type OfRepair = { readonly facts: RepairFacts }

/** What every step of a re-pair is given: what a create's is, and how the standby's data stand to the primary's. */
export type RepairContext = CreateContext & OfRepair
/** The same where the pair may leave its database out. */
export type RepairFileContext = FileContext & OfRepair

export type RepairBasis = CreateBasis & OfRepair & { readonly database: RepairedDatabase }
export type RepairFileBasis = FileBasis & OfRepair
