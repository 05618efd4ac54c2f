/**
 * Parses the answer to `listDiffering`: by id of the directory the names of its files that differ, as rsync(1) prints them. Lines of another
 * form are none: nothing but printable ASCII is in such a name.
 */
export function parseDifferingFiles(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, id, name] = /^([a-z][a-z0-9-]*) ([\x20-\x7e]+)$/.exec(line) ?? []
    if (id === undefined || name === undefined) continue
    found.set(id, [...(found.get(id) ?? []), name])
  }
  return found
}
