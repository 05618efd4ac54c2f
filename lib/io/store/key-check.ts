import type { Keyring } from '@/lib/io/secrets/keyring'
import type { Database } from '@/lib/io/store/database'
import { keyCheck } from '@/lib/io/store/schema'

const place = { table: 'key_check', row: '1', column: 'sealed' }

/**
 * Whoever comes first seals a text with its master key; everybody later must be able to open it. Else two dashboards would
 * each write secrets into this store that the other can't read. Throws SECRET_UNREADABLE.
 */
export async function ensureKeyCheck(db: Database, keyring: Keyring): Promise<void> {
  await db
    .insert(keyCheck)
    .values({ id: 1, sealed: keyring.seal('understudy', place) })
    .onConflictDoNothing()
  const [known] = await db.select().from(keyCheck)
  if (!known) throw new Error('the key check that was just made is not there')
  keyring.open(known.sealed, place)
}
