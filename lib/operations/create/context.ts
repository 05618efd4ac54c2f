import type { CreateInput } from '@/lib/domain/inputs'
import type { OperationContext } from '@/lib/operations/context'
import type { CreateFacts } from '@/lib/operations/create/facts'

/** What every step of a create operation is given. */
export type CreateContext = OperationContext & { readonly input: CreateInput; readonly facts: CreateFacts }
