/** Users and groups of a host, by number and name. */
type Names = Readonly<Record<OwnerKind, readonly { readonly id: number; readonly name: string }[]>>
export type OwnerKind = 'users' | 'groups'

const words = { users: 'uid', groups: 'gid' } as const

export const ownersFix =
  'Give each the same number on both hosts (usermod -u, groupmod -g, then chown): files keep their numbers when they are copied.'

/** One phrase for each number that means somebody else on the standby, or nobody; `host` is the standby's name. */
export function ownerDifferences(
  ids: readonly number[],
  kind: OwnerKind,
  names: Readonly<Record<'primary' | 'standby', Names>>,
  host: string,
): readonly string[] {
  return ids.flatMap((id) => {
    const there = names.primary[kind].find((entry) => entry.id === id)?.name ?? null
    const here = names.standby[kind].find((entry) => entry.id === id)?.name ?? null
    if (there === here || there === null) return []
    const own = names.standby[kind].find(({ name }) => name === there)?.id
    const means = here === null ? 'nobody' : here
    return [
      `${words[kind]} ${id} is ${there} on the primary and ${means} on ${host}${own === undefined ? '' : `, where ${there} is ${own}`}`,
    ]
  })
}
