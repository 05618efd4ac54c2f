/** Parses `readCopyProgress`: bytes done by id of the directory, of all its streams. Lines that are not of that form are none. */
export function parseCopyProgress(text: string): ReadonlyMap<string, number> {
  const done = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, id, bytes] = /^([a-z][a-z0-9-]*) (\d+)$/.exec(line) ?? []
    if (id !== undefined) done.set(id, (done.get(id) ?? 0) + Number(bytes))
  }
  return done
}
