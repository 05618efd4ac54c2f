/** What a key of the standby's can do on the primary, as the standby has tried it. */
export type KeyReading = {
  /** Ids of directories whose mark was read. */
  readonly read: readonly string[]
  /** Those that carry no mark on the primary now: they are not mounted, or not there. */
  readonly away: readonly string[]
  /** Those whose mark could not be read for another reason, which was said first. */
  readonly refused: readonly { readonly id: string; readonly why: string }[]
  /** It was let in, and every command but a copy is refused. */
  readonly isLimited: boolean
  /** What the primary said to such a command. */
  readonly said: string
}

/** Parses the answer to `proveReading`. */
export function parseReading(text: string): KeyReading {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', ...words] = line.split(' ')
      return { id, why: words.join(' ') }
    })
  const said = lines.find(({ id }) => id === '>')?.why ?? ''
  const directories = lines.filter(({ id }) => id !== '>')
  const isRead = ({ why }: { why: string }) => why === 'read'
  const isAway = ({ why }: { why: string }) => why.startsWith('understudy-send: no-mark:')
  return {
    read: directories.filter(isRead).map(({ id }) => id),
    away: directories.filter(isAway).map(({ id }) => id),
    refused: directories.filter((line) => !isRead(line) && !isAway(line)),
    isLimited: said.startsWith('understudy-send: not-allowed:'),
    said,
  }
}
