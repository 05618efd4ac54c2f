/**
 * What is taken over of a pair that somebody else made, piece by piece. `replication`: role, access rules, slot, connection and retention.
 * `files`: what copies the directories. `application`: that it neither runs nor starts on the standby. `kit`: the break-glass kit there.
 */
export const adoptPieces = ['replication', 'files', 'application', 'kit'] as const
export type AdoptPiece = (typeof adoptPieces)[number]

const words: Readonly<Record<AdoptPiece, string>> = {
  replication: 'the replication',
  files: 'the copying of files',
  application: 'the application',
  kit: 'the break-glass kit',
}

/** E.g. `the replication and the copying of files`. */
export function pieceWords(pieces: readonly AdoptPiece[]): string {
  const listed = adoptPieces.filter((piece) => pieces.includes(piece)).map((piece) => words[piece])
  const last = listed.at(-1) ?? 'nothing'
  return listed.length < 2 ? last : `${listed.slice(0, -1).join(', ')} and ${last}`
}
