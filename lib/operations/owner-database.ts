import type { OwnerDatabase } from '@/lib/operations/context'
import type { DatabaseSession } from '@/lib/ports/host-door'

/** One session that is opened when first asked for something, whoever asks at once, and anew after it was lost or closed. */
export function ownerDatabase(open: () => Promise<DatabaseSession>): OwnerDatabase {
  let current: Promise<DatabaseSession> | null = null
  const ensureOpen = async (): Promise<DatabaseSession> => {
    const before = current
    const known = before && (await before.catch(() => null))
    if (known?.isOpen()) return known
    if (current === before || current === null) current = open()
    return current
  }
  return {
    async query(text, params, options) {
      return (await ensureOpen()).query(text, params, options)
    },
    async close() {
      const last = current
      current = null
      // One that could not be opened has told that to whoever asked.
      await last?.then(
        (session) => session.close(),
        () => undefined,
      )
    },
  }
}
