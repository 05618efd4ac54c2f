import type { OwnerDatabase } from '@/lib/operations/context'
import type { DatabaseSession } from '@/lib/ports/host-door'

/** A session that is opened when first asked for something, and anew after it was lost or closed. */
export function ownerDatabase(open: () => Promise<DatabaseSession>): OwnerDatabase {
  let session: DatabaseSession | null = null
  return {
    async query(text, params, options) {
      if (!session?.isOpen()) session = await open()
      return session.query(text, params, options)
    },
    async close() {
      const last = session
      session = null
      await last?.close()
    },
  }
}
