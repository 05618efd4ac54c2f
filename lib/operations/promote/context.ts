import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { AnyOperationContext, OperationContext } from '@/lib/operations/context'
import type { PromoteFacts } from '@/lib/operations/promote/facts'

/** What every step of a promote operation is given. The primary's layout is null where its host could not be asked. */
export type PromoteContext = OperationContext<PostgresLayout | null> & { readonly facts: PromoteFacts }

/** The same where the pair may leave its database out: then nothing is known of PostgreSQL on either host. */
export type AnyPromoteContext = AnyOperationContext & { readonly facts: PromoteFacts }
