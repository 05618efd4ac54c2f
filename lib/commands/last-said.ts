/**
 * What a program said last, for the detail of an error: at most `charactersMax` characters of its output. No word is cut in two, because
 * secrets are hidden where they stand whole: half of one would be seen. Empty where the last word alone is longer.
 */
export function lastSaid(output: string, charactersMax = 500): string {
  const said = output.trimEnd()
  if (said.length <= charactersMax) return said
  const cut = said.slice(-charactersMax - 1)
  const blank = cut.search(/\s/)
  return blank === -1 ? '' : cut.slice(blank + 1)
}
