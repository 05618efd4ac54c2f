import type { UserId, UserRole } from '@/lib/domain/user'

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
  /** Throws INVALID_INPUT, NOT_SIGNED_IN (wrong) or TOO_MANY_ATTEMPTS. */
  signIn(input: unknown, origin: string): Promise<{ user: SignedIn; cookies: SetCookies }>
  /** Ends the session of the request's cookie, if there is one. */
  signOut(headers: Headers, origin: string): Promise<{ cookies: SetCookies }>
  /** Makes the first administrator with the one-time code and signs them in. Throws CONFLICT once there is a user. */
  setUp(input: unknown, origin: string): Promise<{ user: SignedIn; cookies: SetCookies }>
}
