type Directory = { readonly id: string; readonly path: string }

const isInside = (inner: string, outer: string) => inner.startsWith(`${outer}/`)

/** The directories that lie in no other of the list: what is moved as a whole. */
export function outermostOf<D extends Directory>(directories: readonly D[]): readonly D[] {
  return directories.filter(({ path }) => !directories.some((other) => isInside(path, other.path)))
}

/** The directory of the list that `directory` lies in, the outermost one; itself where it lies in none. */
export function outermostAround<D extends Directory>(directory: D, directories: readonly D[]): D {
  return outermostOf(directories).find(({ path }) => isInside(directory.path, path)) ?? directory
}

/**
 * Paths inside of `directory`, relative to it and with a leading slash, that have a sync of their own: each file is
 * carried by exactly one directory's sync.
 */
export function nestedIn<D extends Directory>(directory: D, directories: readonly D[]): readonly string[] {
  const inside = directories.filter(({ path }) => isInside(path, directory.path))
  return outermostOf(inside).map(({ path }) => path.slice(directory.path.length))
}
