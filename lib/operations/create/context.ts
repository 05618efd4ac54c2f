import type { CreateInput } from '@/lib/domain/inputs'
import type { AnyOperationContext, OperationContext } from '@/lib/operations/context'
import type { CreateFacts } from '@/lib/operations/create/facts'

type OfCreate = { readonly input: CreateInput; readonly facts: CreateFacts }

/** What every step of a create operation is given. */
export type CreateContext = OperationContext & OfCreate

/** What the steps of the files are given: they know no PostgreSQL where the pair leaves the database out. */
export type FileContext = AnyOperationContext & OfCreate
