import { isCode, listFiles, readSource } from './source-files'

/** Import paths of a source text, from the root and as they are written (mostly without an ending); packages are left out. */
export function importsIn(file: string, source: string): readonly string[] {
  const named = [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  return named.flatMap((name) => {
    if (name.startsWith('@/')) return [name.slice(2)]
    if (name.startsWith('.')) return [new URL(name, `file:///${file}`).pathname.slice(1)]
    return []
  })
}

/** What is there only for the compiler. */
const typeImport = /^(?:import|export) type [^'=]*from '[^']+'/gm

/**
 * Source files that run where one of `beginnings` does: they, and what they import for more than its types, and so on. Packages are
 * left out, and imports that `isFollowed` does not want.
 */
export function reachedFrom(
  beginnings: readonly string[],
  isFollowed: (from: string, to: string) => boolean = () => true,
): ReadonlySet<string> {
  const files = new Set(listFiles().filter(isCode))
  const reached = new Set<string>()
  const left = [...beginnings]
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    for (const path of importsIn(file, readSource(file).replaceAll(typeImport, ''))) {
      const found = [path, `${path}.ts`, `${path}.tsx`].find((candidate) => files.has(candidate))
      if (found && isFollowed(file, found)) left.push(found)
    }
  }
  return reached
}
