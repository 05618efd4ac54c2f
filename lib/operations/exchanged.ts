import type { Role } from '@/lib/domain/pair'

/** What is told by role, with the roles exchanged. */
export const exchanged = <P, S>({
  primary,
  standby,
}: {
  readonly primary: P
  readonly standby: S
}): { readonly primary: S; readonly standby: P } & Readonly<Record<Role, P | S>> => ({
  primary: standby,
  standby: primary,
})
