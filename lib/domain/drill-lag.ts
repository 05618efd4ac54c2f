import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import { estimateLag } from '@/lib/domain/lag'
import type { Lsn } from '@/lib/domain/lsn'
import { addSample, type LsnHistory, toSample } from '@/lib/domain/lsn-history'

/** What the standby itself says of its replication at one moment. */
export type ReplayLook = {
  /** By the dashboard's clock, milliseconds. */
  readonly atMs: number
  readonly inRecovery: boolean
  readonly isStreaming: boolean
  /** As far as it knows that WAL was written: what it has received, or was told of. Null before anything came. */
  readonly known: Lsn | null
  readonly replayed: Lsn | null
}

/** What was seen of a standby's replication since a drill began to look. */
export type ReplayWatch = {
  readonly known: LsnHistory
  readonly last: ReplayLook | null
  /** Since when nothing streams; null while it does. */
  readonly silentSinceMs: number | null
}

export const nothingSeen: ReplayWatch = { known: [], last: null, silentSinceMs: null }

/** A stream that is away for longer is not just being made anew: somebody may be about to promote. */
export const silenceMaxMs = 5_000

export function addLook(watch: ReplayWatch, look: ReplayLook): ReplayWatch {
  const { known, silentSinceMs } = watch
  return {
    known: look.known === null ? known : addSample(known, toSample(look.atMs, look.known)),
    last: look,
    silentSinceMs: look.isStreaming ? null : (silentSinceMs ?? look.atMs),
  }
}

/**
 * How long what the standby knows of has waited to be replayed, seconds, with the bytes: counted on the dashboard's clock from when it was
 * first known, so no host's clock matters. Where that was before the first look, it has waited at least since then.
 */
export function waitingOf({ known, last }: ReplayWatch): {
  readonly seconds: number
  readonly bytes: number
} {
  const [first, latest] = [known[0], known.at(-1)]
  if (!first || !latest || last === null || last.replayed === null) return { seconds: 0, bytes: 0 }
  const { replayed } = last
  const { replay } = estimateLag({ primary: known, received: replayed, replayed, replayedCommitAtMs: null })
  const bytes = replay.bytes ?? 0
  if (bytes === 0) return { seconds: 0, bytes }
  const sinceLatestMs = last.atMs - latest.atMs
  const seconds = replay.seconds ?? (latest.atMs - first.atMs) / 1_000
  return { seconds: seconds + sinceLatestMs / 1_000, bytes }
}

/** Why a drill has to give way to the replication of its standby, in a sentence; null while it need not. */
export function whyGiveWay(watch: ReplayWatch, hostName: string, lagSeconds: number): string | null {
  const { last, silentSinceMs } = watch
  if (last === null) return null
  if (!last.inRecovery) return `${hostName} is no standby any more: it accepts writes.`
  if (silentSinceMs !== null && last.atMs - silentSinceMs > silenceMaxMs)
    return `${hostName} has received nothing from its primary for ${formatDuration((last.atMs - silentSinceMs) / 1_000)}.`
  const { seconds, bytes } = waitingOf(watch)
  return seconds > lagSeconds
    ? `${formatBytes(bytes)} of WAL on ${hostName} waited ${formatDuration(seconds)} to be replayed; the limit is ${formatDuration(lagSeconds)}.`
    : null
}
