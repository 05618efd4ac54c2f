/** Where a pair stops being `protected`. The first three are the profile's; the rest hold for every pair. */
export type VerdictLimits = {
  /** Replay lag above this is `catching-up` or `degraded`. */
  readonly replayLagSeconds: number
  /** Difference between the hosts' clocks. */
  readonly clockDifferenceMs: number
  /** Free share of the data directory's file system. */
  readonly diskFreePercent: number
}

/** With WAL missing, a stream that said nothing for longer than this is not arriving: a busy one speaks every few milliseconds. */
export const streamSilenceMaxSeconds = 2

/** A message this fresh shows a living primary although a new connection got no answer. */
export const streamMomentSeconds = 0.5

/** A host that was seen this recently and then missed one look is taken as it was, so that one slow answer raises no alarm. */
export const unseenGraceMs = 1500

/** What costs processes to find out on a host (disk, clock, application) is asked this often. */
export const inventoryEveryMs = 20_000

/** Older than this it is shown as stale: an answer is missing. */
export const inventoryLateMs = 30_000

/** What was read longer ago, and can't be read any more, says nothing about now. */
export const inventoryMaxAgeMs = 60_000

/** What packages both hosts have is read this often: to list them takes a host a second or two. */
export const packagesEveryMs = 900_000

/** Where a host could not be asked, it is again after this. */
export const packagesAgainMs = 60_000

/** Runs that may fail in a row before a directory is called failing. */
export const directoryFailuresMax = 1
