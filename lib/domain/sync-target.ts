import { asidePath, copyPath } from '@/lib/domain/pair-names'

/** A synced directory as it lies on the standby before its first copy. */
export type SyncTarget = {
  readonly id: string
  readonly path: string
  /**
   * It is the root of a file system, which can't be renamed, or a link to a directory, which the copy shall be made in: what is in it
   * makes room for the copy, and the directory itself stays.
   */
  readonly staysInPlace: boolean
}

/** Where its old content is kept, and where a copy goes that an undo takes out again: on the directory's own file system. */
export function targetPlace(
  { path, staysInPlace }: Pick<SyncTarget, 'path' | 'staysInPlace'>,
  mark: string,
): { readonly aside: string; readonly copy: string } {
  const beside = staysInPlace ? `${path}/` : path
  return { aside: asidePath(beside, mark), copy: copyPath(beside, mark) }
}
