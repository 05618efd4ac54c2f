import type { UserId, UserRole } from '@/lib/domain/user'
import type { OwnSessionView } from '@/lib/domain/views'

export type SignedIn = {
  readonly id: UserId
  readonly name: string
  readonly email: string
  readonly role: UserRole
}

/** `Set-Cookie` values that must go back to the browser. */
type SetCookies = readonly string[]

/** Sign-in as the adapters see it. */
export type Auth = {
  /**
   * Who the request's cookie belongs to, null for nobody; cookies when the session was prolonged. A page can't send a
   * cookie while it renders, so it says `prolong: false`.
   */
  readSession(
    headers: Headers,
    options?: { readonly prolong: boolean },
  ): Promise<{ user: SignedIn | null; cookies: SetCookies }>
  /** Throws INVALID_INPUT, NOT_SIGNED_IN (wrong) or TOO_MANY_ATTEMPTS. `userAgent` is kept for the user's own list of sessions. */
  signIn(
    input: unknown,
    origin: string,
    userAgent?: string | null,
  ): Promise<{ user: SignedIn; cookies: SetCookies }>
  /** Ends the session of the request's cookie, if there is one. */
  signOut(headers: Headers, origin: string): Promise<{ cookies: SetCookies }>
  /**
   * Gives the signed-in user another password, ends all their sessions, and begins a new one in this browser. Throws INVALID_INPUT (the current one is wrong, or
   * the new one too short), NOT_SIGNED_IN, TOO_MANY_ATTEMPTS.
   */
  changePassword(headers: Headers, input: unknown, origin: string): Promise<{ cookies: SetCookies }>
  /** Of the signed-in user, newest first. Throws NOT_SIGNED_IN. */
  listSessions(headers: Headers): Promise<readonly OwnSessionView[]>
  /** Ends all of them but the one that asks. Throws NOT_SIGNED_IN. */
  endOtherSessions(headers: Headers, origin: string): Promise<void>
  /** Makes the first administrator with the one-time code and signs them in. Throws CONFLICT once there is a user. */
  setUp(
    input: unknown,
    origin: string,
    userAgent?: string | null,
  ): Promise<{ user: SignedIn; cookies: SetCookies }>
}
