export type UserId = string

/** Each role may do what the one before it may: viewers look, operators operate, administrators also set up. */
export const userRoles = ['viewer', 'operator', 'administrator'] as const
export type UserRole = (typeof userRoles)[number]

/** Who acts: written with every audit row and every operation. */
export type Actor =
  | { readonly kind: 'user'; readonly id: UserId; readonly name: string; readonly role: UserRole }
  /** The command line on the dashboard's own machine; the OS user owns the store, so it may do all. */
  | { readonly kind: 'cli'; readonly name: string; readonly role: 'administrator' }
  | { readonly kind: 'system'; readonly name: string; readonly role: 'administrator' }

export const hasRole = (actor: Actor, needed: UserRole): boolean =>
  userRoles.indexOf(actor.role) >= userRoles.indexOf(needed)
