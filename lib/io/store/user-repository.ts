import { randomUUID } from 'node:crypto'
import { and, asc, count, eq } from 'drizzle-orm'
import { type UserRole, userRoles } from '@/lib/domain/user'
import type { UserView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { account, session, user } from '@/lib/io/store/auth-schema'
import type { Database, StoreContext } from '@/lib/io/store/database'
import { violatedConstraint } from '@/lib/io/store/store-error'
import type { UserRepository } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

/** A role that nobody knows may do the least. */
const toRole = (text: string): UserRole => userRoles.find((role) => role === text) ?? 'viewer'

const toView = (row: typeof user.$inferSelect): UserView => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: toRole(row.role),
  createdAt: toInstant(row.createdAt),
})

const noUser = () =>
  new AppError('NOT_FOUND', 'There is no such user.', { fix: 'Choose one from the list of users.' })

/** Users on better-auth's tables: the user and the `credential` account that holds the password's hash. */
export function createUserRepository(db: Database, { clock }: StoreContext): UserRepository {
  return {
    count: async () => (await db.select({ value: count() }).from(user))[0]?.value ?? 0,

    list: async () => (await db.select().from(user).orderBy(asc(user.name), asc(user.id))).map(toView),

    find: async (id) => {
      const [found] = await db.select().from(user).where(eq(user.id, id))
      return found ? toView(found) : null
    },

    insert: async ({ name, email, role, passwordHash }) => {
      const id = randomUUID()
      const at = { createdAt: clock.now(), updatedAt: clock.now() }
      try {
        return await db.transaction(async (nested) => {
          const [made] = await nested
            .insert(user)
            .values({ id, name, email: email.toLowerCase(), emailVerified: true, role, ...at })
            .returning()
          if (!made) throw new Error('insert into auth_user returned no row')
          await nested.insert(account).values({
            id: randomUUID(),
            accountId: id,
            providerId: 'credential',
            userId: id,
            password: passwordHash,
            ...at,
          })
          return toView(made)
        })
      } catch (error) {
        if (violatedConstraint(error) !== 'auth_user_email_key') throw error
        throw new AppError('CONFLICT', `A user with the e-mail ${email} is there already.`, {
          fix: 'Use another e-mail, or change that user.',
          fields: { email: 'This e-mail is taken.' },
        })
      }
    },

    setRole: async (id, role) => {
      const changed = await db
        .update(user)
        .set({ role, updatedAt: clock.now() })
        .where(eq(user.id, id))
        .returning({ id: user.id })
      if (changed.length === 0) throw noUser()
    },

    setPassword: async (id, passwordHash) => {
      const changed = await db
        .update(account)
        .set({ password: passwordHash, updatedAt: clock.now() })
        .where(and(eq(account.userId, id), eq(account.providerId, 'credential')))
        .returning({ id: account.id })
      if (changed.length === 0) throw noUser()
    },

    endSessions: async (id) =>
      (await db.delete(session).where(eq(session.userId, id)).returning({ id: session.id })).length,
  }
}
