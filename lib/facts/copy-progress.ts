/** Parses `readCopyProgress`: bytes done by id of the directory. Lines that are not of that form are none. */
export function parseCopyProgress(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').map((line) => /^([a-z][a-z0-9-]*) (\d+)$/.exec(line))
  return new Map(lines.flatMap((match) => (match?.[1] ? [[match[1], Number(match[2])]] : [])))
}
