/**
 * What a host of a pair without a database says of itself: with no PostgreSQL to ask, a file on the host tells which way the
 * files flow. `former`: a promotion took the role of the primary from it.
 */
export const fileRoles = ['primary', 'standby', 'former'] as const
export type FileRole = (typeof fileRoles)[number]
