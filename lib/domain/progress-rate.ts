import type { Progress } from '@/lib/domain/operation'

export type ProgressRate = {
  /** Null while it can't be known: fewer than two samples, or no time between them. */
  readonly bytesPerSecond: number | null
  /** Null while the total or the rate is not known, or nothing moves. */
  readonly secondsLeft: number | null
}

const windowMs = 15_000

/**
 * Rate and time left from a step's progress samples, oldest first. Only samples of the last one's label and total
 * within its last 15 s count, and a count that went back starts anew: a resumed copy is another copy.
 */
export function progressRate(samples: readonly Progress[]): ProgressRate {
  const last = samples.at(-1)
  if (!last) return { bytesPerSecond: null, secondsLeft: null }
  const first = firstOfRun(samples, last)
  const seconds = (Date.parse(last.at) - Date.parse(first.at)) / 1000
  if (seconds <= 0) return { bytesPerSecond: null, secondsLeft: null }
  const bytesPerSecond = (last.doneBytes - first.doneBytes) / seconds
  const left = last.totalBytes === null ? null : Math.max(0, last.totalBytes - last.doneBytes)
  return { bytesPerSecond, secondsLeft: left === null || bytesPerSecond <= 0 ? null : left / bytesPerSecond }
}

function firstOfRun(samples: readonly Progress[], last: Progress): Progress {
  let first = last
  for (let index = samples.length - 2; index >= 0; index -= 1) {
    const sample = samples[index]
    if (!sample || sample.label !== last.label || sample.doneBytes > first.doneBytes) break
    if (Date.parse(last.at) - Date.parse(sample.at) > windowMs) break
    first = sample
  }
  return first
}
