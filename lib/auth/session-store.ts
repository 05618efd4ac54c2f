import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { passwords } from '@/lib/auth/passwords'

export type AuthDatabase = NonNullable<BetterAuthOptions['database']>

export type SessionStoreOptions = {
  readonly database: AuthDatabase
  /** Signs the session cookie; at least 32 random characters that outlive restarts. */
  readonly secret: string
  /** The address by which browsers reach the dashboard; `https:` makes the cookie `Secure`. */
  readonly publicUrl: string
}

const hourSeconds = 3600

/** The tables of the store as better-auth wants them. */
export const authDatabase = (db: object, schema: Readonly<Record<string, unknown>>): AuthDatabase =>
  drizzleAdapter(db, { provider: 'pg', schema: { ...schema }, transaction: true })

/**
 * better-auth with only what is used of it: passwords, sessions in the store (so that ending one works at once, no
 * cookie cache) and signed cookies. Its own HTTP routes are not mounted: the API's adapter is the one door.
 */
export const createSessionStore = ({ database, secret, publicUrl }: SessionStoreOptions) =>
  betterAuth({
    appName: 'Understudy',
    database,
    secret,
    baseURL: publicUrl,
    basePath: '/api/auth',
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      password: {
        hash: passwords.hash,
        verify: ({ hash, password }) => passwords.verify(hash, password),
      },
    },
    user: { additionalFields: { role: { type: 'string', input: false, required: true } } },
    session: { expiresIn: 12 * hourSeconds, updateAge: hourSeconds },
    // Guesses are limited per user in lib/auth/attempt-limits.ts; this one goes by address.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'understudy',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict', path: '/' },
      ipAddress: { disableIpTracking: true },
    },
    logger: { disabled: true },
    telemetry: { enabled: false },
  })

export type SessionStore = ReturnType<typeof createSessionStore>
