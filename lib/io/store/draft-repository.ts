import { randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import type { Draft } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { drafts } from '@/lib/io/store/schema'
import { isUuid } from '@/lib/io/store/uuid'
import type { DraftRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

const toDraft = (row: typeof drafts.$inferSelect): Draft => ({
  ...row,
  updatedAt: toInstant(row.updatedAt),
})

const noDraft = () => new AppError('NOT_FOUND', 'There is no such draft.', { fix: 'Begin the wizard again.' })

const changedMeanwhile = (by: string) =>
  new AppError('CONFLICT', `Meanwhile ${by} has changed these answers in another browser.`, {
    fix: 'Load those answers; what you changed here since is not kept.',
  })

/** Answers of wizards that are under way. */
export function createDraftRepository(db: Database, { clock }: StoreContext): DraftRepository {
  return {
    insert: async (kind, draft) => {
      const [made] = await db
        .insert(drafts)
        .values({ ...draft, kind, id: randomUUID(), updatedAt: clock.now() })
        .returning()
      if (!made) throw new Error('insert into drafts returned no row')
      return toDraft(made)
    },

    find: async (id) => {
      if (!isUuid(id)) return null
      const [found] = await db.select().from(drafts).where(eq(drafts.id, id))
      return found ? toDraft(found) : null
    },

    update: async (id, change, version) => {
      if (!isUuid(id)) throw noDraft()
      const isSameVersion = version === undefined ? undefined : eq(drafts.version, version)
      const isNewVersion = change.answers !== undefined || change.operationId !== undefined
      const [changed] = await db
        .update(drafts)
        .set({
          ...change,
          updatedAt: clock.now(),
          ...(isNewVersion ? { version: sql`${drafts.version} + 1` } : {}),
        })
        .where(and(eq(drafts.id, id), isSameVersion))
        .returning()
      if (changed) return toDraft(changed)
      const [later] = await db.select().from(drafts).where(eq(drafts.id, id))
      throw later ? changedMeanwhile(later.updatedBy) : noDraft()
    },
  }
}
