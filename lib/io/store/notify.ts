import { sql } from 'drizzle-orm'
import type { Database } from '@/lib/io/store/database'
import type { StoreChannel } from '@/lib/ports/store'

/** Tells every listener that `id` changed, when the transaction commits. Equal ones in a transaction are sent once. */
export async function notify(db: Database, channel: StoreChannel, id: string): Promise<void> {
  await db.execute(sql`select pg_notify(${channel}, ${id})`)
}
