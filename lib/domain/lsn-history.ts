import { type Lsn, lsnToBytes } from '@/lib/domain/lsn'

/** A position at an instant of the dashboard's own clock. `lsnBytes` is `lsn` in bytes: exact up to 2^53. */
export type LsnSample = { readonly atMs: number; readonly lsn: Lsn; readonly lsnBytes: number }

/** Oldest first; positions never fall. */
export type LsnHistory = readonly LsnSample[]

export const toSample = (atMs: number, lsn: Lsn): LsnSample => ({
  atMs,
  lsn,
  lsnBytes: Number(lsnToBytes(lsn)),
})

/** Above this many samples the history is thinned; a week thinned has about half as many. */
const samplesMax = 1024
/** Two samples closer than this share of their age are as good as one. */
const share = 0.02

/**
 * The history with one more sample. A sample that is not later than the last one is left out; a position that falls is
 * another cluster's or a restored one's, so that the history begins again. Bounded: old samples are thinned so that a
 * moment found by `passedAtMs` is right within about 4 % of its age, or one sampling interval.
 */
export function addSample(history: LsnHistory, sample: LsnSample): LsnHistory {
  const last = history.at(-1)
  if (last && sample.atMs <= last.atMs) return history
  if (last && sample.lsnBytes < last.lsnBytes) return [sample]
  const longer = [...history, sample]
  return longer.length > samplesMax ? thin(longer, sample.atMs) : longer
}

function thin(history: LsnHistory, nowMs: number): LsnHistory {
  const kept: LsnSample[] = []
  for (const sample of [...history].reverse()) {
    const newer = kept.at(-1)
    if (!newer || newer.atMs - sample.atMs >= share * (nowMs - sample.atMs)) kept.push(sample)
  }
  return kept.reverse()
}

/**
 * The moment when the history's host first was past a position, between the two samples around it, as if it had written
 * evenly between them. `notBeforeMs` narrows it from outside (the standby has replayed a commit of that time, so the
 * moment is later). Null when the first sample is past the position already and nothing narrows it, and when no sample
 * is past it.
 */
export function passedAtMs(
  history: LsnHistory,
  positionBytes: number,
  notBeforeMs: number | null,
): number | null {
  const index = firstPast(history, positionBytes)
  const after = history[index]
  if (!after) return null
  const before = history[index - 1]
  const floor = notBeforeMs === null ? null : Math.min(notBeforeMs, after.atMs)
  if (!before) return floor
  const part = (positionBytes - before.lsnBytes) / (after.lsnBytes - before.lsnBytes)
  const between = before.atMs + part * (after.atMs - before.atMs)
  return floor === null ? between : Math.max(between, floor)
}

/** The position at an instant: that of the last sample not later; null when the history begins later. */
export function positionAt(history: LsnHistory, atMs: number): number | null {
  let found: number | null = null
  for (const sample of history) {
    if (sample.atMs > atMs) break
    found = sample.lsnBytes
  }
  return found
}

function firstPast(history: LsnHistory, positionBytes: number): number {
  let low = 0
  let high = history.length
  while (low < high) {
    const middle = (low + high) >> 1
    const sample = history[middle]
    if (sample && sample.lsnBytes > positionBytes) high = middle
    else low = middle + 1
  }
  return low
}
