import { formatBytes } from '@/lib/domain/format-bytes'
import { type Lsn, lsnDistanceBytes } from '@/lib/domain/lsn'

/**
 * The ways by which a host's data become a standby of the primary, the cheapest first. `start`: they are set up for it already. `follow`:
 * they are on the primary's line and only have to be told where it is. `rewind`: what they have beyond it is discarded. `base-backup`:
 * they are put aside, and the primary's are copied.
 */
export const repairWays = ['start', 'follow', 'rewind', 'base-backup'] as const
export type RepairWay = (typeof repairWays)[number]

export const wayNames: Readonly<Record<RepairWay, string>> = {
  start: 'start it',
  follow: 'let it follow',
  rewind: 'rewind it',
  'base-backup': 'copy the database anew',
}

/** Where the primary's line of WAL has come, and where earlier timelines ended on it. */
export type PrimaryLine = {
  readonly timeline: number
  readonly lsn: Lsn
  /** The earliest WAL that it still has. */
  readonly oldestLsn: Lsn
  /** Of each timeline before: where it was left (PostgreSQL's timeline history file). */
  readonly history: readonly { readonly timeline: number; readonly endsAt: Lsn }[]
  /** When its own timeline began, by its own clock; null on the first. */
  readonly forkedAt: string | null
}

/** What stands in a standby's data directory. */
export type StandbyData =
  /** Nothing that pg_controldata can read. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** Another server's data. */
  | { readonly kind: 'other'; readonly systemIdentifier: string }
  | {
      readonly kind: 'ours'
      readonly timeline: number
      /** Where its last checkpoint's recovery begins: the earliest WAL that it needs itself. */
      readonly redoLsn: Lsn
      /** Where the last record of its WAL begins; null where that could not be read. */
      readonly lastLsn: Lsn | null
      /** Set up to follow this very primary. */
      readonly isAttached: boolean
      /** With data checksums or wal_log_hints pg_rewind can tell which blocks were changed (PostgreSQL documentation, pg_rewind). */
      readonly canRewind: boolean
    }

export type RepairChoice = {
  /** Those that are tried, in this order; none where the data must not be touched. */
  readonly ways: readonly RepairWay[]
  /** Why the first of them is enough, or why no cheaper one is: one sentence. */
  readonly reason: string
}

const isBefore = (one: Lsn, other: Lsn) => lsnDistanceBytes(other, one) > 0

/** Where the primary's line left this timeline; the present end on its own; null where it never was on it. */
export function lineEndOf({ timeline, lsn, history }: PrimaryLine, of: number): Lsn | null {
  if (of === timeline) return lsn
  return history.findLast((entry) => entry.timeline === of)?.endsAt ?? null
}

const copyAnew = (reason: string): RepairChoice => ({ ways: ['base-backup'], reason })

/** What is beyond the primary's line has to go. */
function beyond(names: Names, data: Extract<StandbyData, { kind: 'ours' }>, what: string): RepairChoice {
  return data.canRewind
    ? {
        ways: ['rewind', 'base-backup'],
        reason: `${what}: that is discarded by a rewind, and kept aside first.`,
      }
    : copyAnew(
        `${what}, and without data checksums or wal_log_hints ${names.standby} can’t be rewound: its data is copied anew.`,
      )
}

type Names = { readonly primary: string; readonly standby: string }

/**
 * Which way is enough, and which are left if it is not. A record belongs to the primary's line if it begins before the LSN at which that
 * line left its timeline (the history file names the first byte of the new one).
 */
export function chooseRepairWay(names: Names, line: PrimaryLine, data: StandbyData): RepairChoice {
  const { primary, standby } = names
  if (data.kind === 'other')
    return {
      ways: [],
      reason: `The data directory of ${standby} holds another server’s data (system identifier ${data.systemIdentifier}): it is not touched.`,
    }
  if (data.kind === 'unreadable')
    return copyAnew(`The data of ${standby} can’t be used (${data.why}): it is put aside and copied anew.`)
  const end = lineEndOf(line, data.timeline)
  if (end === null)
    return beyond(names, data, `${standby} is on timeline ${data.timeline}, which ${primary} never was on`)
  if (isBefore(data.lastLsn ?? data.redoLsn, line.oldestLsn))
    return copyAnew(
      `${standby} needs WAL from ${data.lastLsn ?? data.redoLsn} on, and ${primary} has none before ${line.oldestLsn}: its data is copied anew.`,
    )
  if (data.lastLsn === null)
    return beyond(
      names,
      data,
      `Where the WAL of ${standby} ends could not be read: it may go beyond ${primary}’s line`,
    )
  if (!isBefore(data.lastLsn, end))
    return beyond(
      names,
      data,
      `${standby} has ${formatBytes(Math.max(0, lsnDistanceBytes(data.lastLsn, end)))} of WAL or more beyond ${end}, where ${primary} left timeline ${data.timeline}`,
    )
  const sound = `The WAL of ${standby} ends at ${data.lastLsn} on timeline ${data.timeline}, and ${primary} went on from there`
  const left = data.canRewind ? (['rewind', 'base-backup'] as const) : (['base-backup'] as const)
  return data.isAttached
    ? {
        ways: ['start', ...left],
        reason: `${sound}; ${standby} is set up to follow it: starting it is enough.`,
      }
    : { ways: ['follow', ...left], reason: `${sound}: ${standby} only has to follow.` }
}
