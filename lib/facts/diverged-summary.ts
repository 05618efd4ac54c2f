/** What stood in the WAL that a rewind discards. */
export type DivergedSummary = {
  readonly from: string
  readonly commits: number
  readonly aborts: number
  /** Times of the first and the last commit, as the server wrote them; empty without one. */
  readonly first: string
  readonly last: string
  /** How many relations were changed, and of some of them by how many records. */
  readonly relations: number
  readonly changed: readonly {
    readonly tablespace: number
    readonly database: number
    readonly fileNode: number
    readonly records: number
  }[]
}

/** Parses the summary that `keepDiverged` keeps. What is missing is none. */
export function parseDivergedSummary(text: string): DivergedSummary {
  const lines = text.split('\n')
  const read = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? ''
  return {
    from: read('from'),
    commits: Number(read('commits')),
    aborts: Number(read('aborts')),
    first: read('first'),
    last: read('last'),
    relations: Number(read('relations')),
    changed: lines.flatMap((line) => {
      const [, tablespace, database, fileNode, records] = /^rel=(\d+)\/(\d+)\/(\d+) (\d+)$/.exec(line) ?? []
      return records === undefined
        ? []
        : [
            {
              tablespace: Number(tablespace),
              database: Number(database),
              fileNode: Number(fileNode),
              records: Number(records),
            },
          ]
    }),
  }
}
