import type { Pair } from '@/lib/domain/pair'

/** A part of its application that a pair leaves out. */
export type LeftOut = {
  readonly kind: 'database' | 'files' | 'directory' | 'packages'
  /** Of the directory in the profile; empty for the other kinds. */
  readonly id: string
  /** In the middle of a sentence: `the database`, `every directory`, `Vault`. */
  readonly title: string
}

type OfProfile = {
  readonly directories: readonly { readonly id: string; readonly title: string }[]
  readonly packages: { readonly system: boolean; readonly pip: object | null }
}

/** What of its application a pair leaves out: said on its page, and with what a promotion loses. */
export function leftOutOf(
  { scope, settings }: Pick<Pair, 'scope' | 'settings'>,
  profile: OfProfile,
): readonly LeftOut[] {
  const database: LeftOut = { kind: 'database', id: '', title: 'the database' }
  const files: LeftOut = { kind: 'files', id: '', title: 'every directory' }
  const kept = settings.directories.map(({ id }) => id)
  const directories = profile.directories
    .filter(({ id }) => !kept.includes(id))
    .map(({ id, title }): LeftOut => ({ kind: 'directory', id, title }))
  const isWithoutFiles = profile.directories.length > 0 && (!scope.files || kept.length === 0)
  const packages: LeftOut = { kind: 'packages', id: '', title: 'packages' }
  const hasPackages = profile.packages.system || profile.packages.pip !== null
  return [
    ...(scope.database ? [] : [database]),
    ...(isWithoutFiles ? [files] : directories),
    ...(hasPackages && scope.packages !== true ? [packages] : []),
  ]
}

/** The titles, for a sentence; empty where nothing is left out. */
export const leftOutWords = (leftOut: readonly LeftOut[]): string =>
  leftOut.map(({ title }) => title).join(', ')
