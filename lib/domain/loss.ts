import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import type { LagEstimate } from '@/lib/domain/lag'
import { type LeftOut, leftOutWords } from '@/lib/domain/left-out'
import type { Lsn } from '@/lib/domain/lsn'
import type { Instant } from '@/lib/domain/observation'

/** What a promotion now would lose. */
export type LossStatement = {
  readonly database: {
    /** WAL that the standby has not received; null when the primary or the standby was never seen. */
    readonly walBytes: number | null
    /** Seconds of writes; null when it can't be known. */
    readonly seconds: number | null
    readonly lastReplayedCommitAt: Instant | null
    readonly primaryLsn: Lsn | null
    /** Age of that knowledge, seconds. */
    readonly primaryLsnAgeSeconds: number | null
    /** False when the primary's position is not known as of now (it does not answer us): the figures are then "at least". */
    readonly isUpperBound: boolean
  }
  readonly directories: readonly DirectoryLoss[]
  /** The whole in one sentence, and in a second one what the pair leaves out. */
  readonly sentence: string
}

type DirectoryLoss = {
  readonly id: string
  readonly title: string
  /** Age of the last good sync's start, seconds; null when there was none. */
  readonly ageSeconds: number | null
}

export type LossInput = {
  readonly nowMs: number
  /** Null when the pair does not protect a database. */
  readonly lag: LagEstimate | null
  /** Whether the primary's position is known as of now. */
  readonly isPrimaryCurrent: boolean
  /** By the dashboard's clock. */
  readonly lastReplayedCommitAt: Instant | null
  readonly directories: readonly DirectoryLoss[]
  readonly leftOut: readonly LeftOut[]
}

/** States what a promotion now would lose, of the database and of every directory, and says it in one sentence. */
export function stateLoss(input: LossInput): LossStatement {
  const { lag, nowMs } = input
  const ageSeconds = lag?.primaryLsnAt ? Math.max(0, (nowMs - Date.parse(lag.primaryLsnAt)) / 1000) : null
  const database = {
    walBytes: lag?.receive.bytes ?? null,
    seconds: lag?.receive.seconds ?? null,
    lastReplayedCommitAt: input.lastReplayedCommitAt,
    primaryLsn: lag?.primaryLsn ?? null,
    primaryLsnAgeSeconds: ageSeconds,
    isUpperBound: input.isPrimaryCurrent,
  }
  const files = directoriesPart(input.directories)
  const parts = [lag ? databasePart(database, files !== '') : '', files].filter(Boolean)
  const sentence = parts.length
    ? `A promotion now would lose ${parts.join(' and ')}.`
    : 'Nothing is copied to the standby: a promotion now would lose everything.'
  const unprotected = input.leftOut.length
    ? ` Left out of the pair, so not taken over at all: ${leftOutWords(input.leftOut)}.`
    : ''
  return { database, directories: input.directories, sentence: sentence + unprotected }
}

function databasePart(database: LossStatement['database'], isFollowed: boolean): string {
  if (database.walBytes === null) return 'an unknown part of the database'
  const seconds = database.seconds ? ` (${atMost(database.seconds)} of writes)` : ''
  const amount = `${formatBytes(database.walBytes)}${seconds} of the database`
  if (database.isUpperBound) return amount
  const age = formatDuration(database.primaryLsnAgeSeconds ?? 0)
  return `at least ${amount}, as the primary was last seen ${age} ago${isFollowed ? ',' : ''}`
}

function directoriesPart(directories: readonly DirectoryLoss[]): string {
  const never = directories.filter((directory) => directory.ageSeconds === null)
  const aged = directories
    .flatMap(({ title, ageSeconds }) => (ageSeconds === null ? [] : [{ title, ageSeconds }]))
    .sort((one, other) => other.ageSeconds - one.ageSeconds)
  const parts = never.length ? [`all of ${listTitles(never)} (never copied)`] : []
  const [worst, next] = aged
  if (worst) parts.push(`up to ${atMost(worst.ageSeconds)} of ${worst.title}`)
  const rest = next ? `; every other directory was copied within the last ${atMost(next.ageSeconds)}` : ''
  return parts.join(' and ') + rest
}

/** How much of the database, and whether that is at most or at least. */
export function walLossText(database: LossStatement['database']): string {
  if (database.walBytes === null) return 'not known: the primary was never seen'
  const bound = database.isUpperBound ? 'at most' : 'at least'
  const seconds = database.seconds === null ? '' : `, ${formatDuration(database.seconds)}`
  return `${bound} ${formatBytes(database.walBytes)} of WAL${seconds}`
}

/** The directories as the loss names them: those that lose most first. */
export const worstFirst = (directories: readonly DirectoryLoss[]): readonly DirectoryLoss[] =>
  directories.toSorted(
    (one, other) =>
      (other.ageSeconds ?? Number.POSITIVE_INFINITY) - (one.ageSeconds ?? Number.POSITIVE_INFINITY),
  )

/** What stands behind the sentence, a line for each thing: commit, positions, and every directory. */
export function lossLines(
  { database, directories }: Pick<LossStatement, 'database' | 'directories'>,
  { hasDatabase }: { hasDatabase: boolean },
): readonly string[] {
  const { primaryLsn, primaryLsnAgeSeconds, lastReplayedCommitAt } = database
  const ofDatabase = [
    `Database: ${walLossText(database)}`,
    `Last commit that the standby replayed: ${lastReplayedCommitAt ?? 'not known'}`,
    primaryLsn === null
      ? 'Primary: its position was never seen'
      : `Primary: at ${primaryLsn}, as seen ${formatDuration(primaryLsnAgeSeconds ?? 0)} before`,
  ]
  const ofFiles = worstFirst(directories).map(({ title, ageSeconds }) =>
    ageSeconds === null
      ? `${title}: all of it, it was never copied`
      : `${title}: up to ${atMost(ageSeconds)}`,
  )
  return [...(hasDatabase ? ofDatabase : []), ...ofFiles]
}

const listTitles = (directories: readonly DirectoryLoss[]) =>
  directories.map((directory) => directory.title).join(', ')

/** A length of time that is never shown smaller than it is: `45 s`, `26 min`, `5 h`, `3 d`. */
export function atMost(seconds: number): string {
  if (seconds <= 90) return `${Math.ceil(seconds)} s`
  if (seconds <= 90 * 60) return `${Math.ceil(seconds / 60)} min`
  if (seconds <= 48 * 3600) return `${Math.ceil(seconds / 3600)} h`
  return `${Math.ceil(seconds / 86_400)} d`
}
