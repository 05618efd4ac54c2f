import { APIError } from 'better-auth/api'
import { forgetAttempts, takeAttempt } from '@/lib/auth/attempt-limits'
import type { Auth, SignedIn } from '@/lib/auth/auth'
import { createOwnSessions } from '@/lib/auth/own-sessions'
import { passwords } from '@/lib/auth/passwords'
import { createSessionStore, type SessionStore, type SessionStoreOptions } from '@/lib/auth/session-store'
import { isSetupCode } from '@/lib/auth/setup-code'
import { type SetupInput, type SignInInput, setupInput, signInInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { type UserRole, userRoles } from '@/lib/domain/user'
import { AppError } from '@/lib/errors'
import type { NewAuditRow, Repositories, Store } from '@/lib/ports/store'

export type AuthOptions = SessionStoreOptions & { readonly store: Store }

/** Sign-in on the store: better-auth keeps passwords and sessions, guesses are limited, all of it is audited. */
export function createAuth(options: AuthOptions): Auth {
  const { store } = options
  const sessions = createSessionStore(options)
  return {
    readSession: (headers, options) => readSession(sessions, headers, options?.prolong ?? true),
    signIn: async (input, origin, userAgent) =>
      signIn(store, sessions, parseInput(signInInput, input), origin, userAgent),
    ...createOwnSessions(store, sessions),
    signOut: (headers, origin) => signOut(store, sessions, headers, origin),
    setUp: async (input, origin, userAgent) => {
      const given = parseInput(setupInput, input)
      await setUp(store, given, origin)
      return signIn(store, sessions, given, origin, userAgent)
    },
  }
}

const isRole = (role: unknown): role is UserRole => userRoles.some((known) => known === role)

function toSignedIn(user: { id: string; name: string; email: string; role?: unknown }): SignedIn {
  const { id, name, email, role } = user
  if (!isRole(role))
    throw new AppError('INTERNAL', 'The user’s role in the store is not a known one.', { detail: id })
  return { id, name, email, role }
}

async function readSession(
  sessions: SessionStore,
  headers: Headers,
  prolong: boolean,
): ReturnType<Auth['readSession']> {
  const { response, headers: answer } = await sessions.api.getSession({
    headers,
    query: { disableRefresh: !prolong },
    returnHeaders: true,
  })
  return { user: response ? toSignedIn(response.user) : null, cookies: answer.getSetCookie() }
}

async function signIn(
  store: Store,
  sessions: SessionStore,
  input: SignInInput,
  origin: string,
  userAgent?: string | null,
): ReturnType<Auth['signIn']> {
  const row = { actor: input.email, action: 'session.sign-in', subject: input.email, origin }
  try {
    await takeAttempt(store.attempts, 'sign-in')
    await takeAttempt(store.attempts, 'sign-in-user', input.email)
    const { response, headers } = await signInByPassword(sessions, input, userAgent)
    await forgetAttempts(store.attempts, 'sign-in-user', input.email)
    await store.audit.append({ ...row, outcome: 'done', detail: '' })
    return { user: toSignedIn(response.user), cookies: headers.getSetCookie() }
  } catch (error) {
    await auditRefusal(store, row, error)
    throw error
  }
}

/** What was stopped by the limit is left out: whoever guesses could fill the store with it. */
async function auditRefusal(
  store: Store,
  row: Pick<NewAuditRow, 'actor' | 'action' | 'subject' | 'origin'>,
  error: unknown,
): Promise<void> {
  if (error instanceof AppError && error.code !== 'TOO_MANY_ATTEMPTS')
    await store.audit.append({ ...row, outcome: 'refused', detail: error.code })
}

async function signInByPassword(
  sessions: SessionStore,
  { email, password }: SignInInput,
  userAgent?: string | null,
) {
  try {
    const headers = new Headers(userAgent ? { 'user-agent': userAgent } : {})
    return await sessions.api.signInEmail({ body: { email, password }, headers, returnHeaders: true })
  } catch (error) {
    if (error instanceof APIError && error.status === 'UNAUTHORIZED')
      throw new AppError('NOT_SIGNED_IN', 'This e-mail address and password do not belong together.', {
        fix: 'Check both and try again.',
      })
    throw error
  }
}

async function signOut(
  store: Store,
  sessions: SessionStore,
  headers: Headers,
  origin: string,
): ReturnType<Auth['signOut']> {
  const { user } = await readSession(sessions, headers, false)
  const { headers: answer } = await sessions.api.signOut({ headers, returnHeaders: true })
  if (user)
    await store.audit.append({
      actor: user.email,
      action: 'session.sign-out',
      subject: user.email,
      origin,
      outcome: 'done',
      detail: '',
    })
  return { cookies: answer.getSetCookie() }
}

async function setUp(store: Store, input: SetupInput, origin: string): Promise<void> {
  const row = { actor: input.email, action: 'setup', subject: input.email, origin }
  try {
    await takeAttempt(store.attempts, 'setup')
    const passwordHash = await passwords.hash(input.password)
    await store.transaction(async (repositories) => {
      await takeSetupCode(repositories, input.code)
      const { name, email } = input
      await repositories.users.insert({ name, email, role: 'administrator', passwordHash })
      await repositories.audit.append({ ...row, outcome: 'done', detail: 'first administrator' })
    })
  } catch (error) {
    await auditRefusal(store, row, error)
    throw error
  }
}

/** Uses the code up. Its row stays locked until the transaction ends, so that two at once can't both use it. */
async function takeSetupCode({ setupCode, users }: Repositories, code: string): Promise<void> {
  const hash = await setupCode.hash()
  if ((await users.count()) > 0)
    throw new AppError('CONFLICT', 'The dashboard is set up already.', { fix: 'Sign in instead.' })
  if (hash === null || !isSetupCode(code, hash))
    throw new AppError('INVALID_INPUT', 'This is not the one-time code.', {
      fix: 'Take the code that was printed when the dashboard was last started.',
      fields: { code: 'Not the code that was printed at the last start.' },
    })
  await setupCode.setHash(null)
}
