import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import type { Keyring } from '@/lib/io/secrets/keyring'
import type { Clock } from '@/lib/time'

/** The pool or a transaction: what a repository queries. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>

/** What repositories need beside the database. */
export type StoreContext = { readonly keyring: Keyring; readonly clock: Clock }
