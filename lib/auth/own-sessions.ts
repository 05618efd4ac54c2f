import { APIError } from 'better-auth/api'
import { forgetAttempts, takeAttempt } from '@/lib/auth/attempt-limits'
import type { Auth } from '@/lib/auth/auth'
import type { SessionStore } from '@/lib/auth/session-store'
import { passwordChangeInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import type { Store } from '@/lib/ports/store'
import { toInstant } from '@/lib/time'

type Deed = { readonly action: string; readonly origin: string }

/** What a signed-in user does with their own password and sessions. */
export function createOwnSessions(
  store: Store,
  sessions: SessionStore,
): Pick<Auth, 'changePassword' | 'listSessions' | 'endOtherSessions'> {
  return {
    changePassword: (headers, input, origin) =>
      act(store, sessions, headers, { action: 'session.change-password', origin }, async (email) => {
        const { currentPassword, password } = parseInput(passwordChangeInput, input)
        // A stolen session must not be a way to guess the password faster than at the door.
        await takeAttempt(store.attempts, 'sign-in-user', email)
        const cookies = await changePassword(sessions, headers, currentPassword, password)
        await forgetAttempts(store.attempts, 'sign-in-user', email)
        return { cookies }
      }),

    listSessions: async (headers) => {
      const own = await readOwn(sessions, headers)
      const all = await sessions.api.listSessions({ headers })
      return all
        .map(({ id, createdAt, updatedAt, userAgent }) => ({
          id,
          isThis: id === own.session.id,
          since: toInstant(createdAt),
          lastUsedAt: toInstant(updatedAt),
          userAgent: userAgent ?? '',
        }))
        .sort((one, other) => other.since.localeCompare(one.since))
    },

    endOtherSessions: (headers, origin) =>
      act(store, sessions, headers, { action: 'session.end-others', origin }, async () => {
        await sessions.api.revokeOtherSessions({ headers })
      }),
  }
}

async function readOwn(sessions: SessionStore, headers: Headers) {
  const own = await sessions.api.getSession({ headers, query: { disableRefresh: true } })
  if (own) return own
  throw new AppError('NOT_SIGNED_IN', 'You are not signed in, or your session has ended.', {
    fix: 'Sign in.',
  })
}

/** Does it for who is signed in, and writes it down either way; too many guesses are left out, they could fill the store. */
async function act<T>(
  store: Store,
  sessions: SessionStore,
  headers: Headers,
  deed: Deed,
  body: (email: string) => Promise<T>,
): Promise<T> {
  const { email } = (await readOwn(sessions, headers)).user
  const row = { ...deed, actor: email, subject: email }
  const done = await body(email).catch(async (error: unknown) => {
    if (error instanceof AppError && error.code !== 'TOO_MANY_ATTEMPTS')
      await store.audit.append({ ...row, outcome: 'refused', detail: error.code })
    throw error
  })
  await store.audit.append({ ...row, outcome: 'done', detail: '' })
  return done
}

/** Ends every session of the user with the old password, this one's too: who has got hold of its cookie is out. Gives the new one. */
async function changePassword(
  sessions: SessionStore,
  headers: Headers,
  currentPassword: string,
  newPassword: string,
): Promise<readonly string[]> {
  try {
    const { headers: answer } = await sessions.api.changePassword({
      body: { currentPassword, newPassword, revokeOtherSessions: true },
      headers,
      returnHeaders: true,
    })
    return answer.getSetCookie()
  } catch (error) {
    if (!(error instanceof APIError) || error.body?.code !== 'INVALID_PASSWORD') throw error
    throw new AppError('INVALID_INPUT', 'This is not your password.', {
      fix: 'Type the one that you have signed in with.',
      fields: { currentPassword: 'Not your password.' },
    })
  }
}
