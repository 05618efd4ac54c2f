import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatPercent, toPercent } from '@/lib/domain/format-percent'
import type { Instant } from '@/lib/domain/observation'
import type { Progress, RecordedEvent } from '@/lib/domain/operation'
import { type ProgressRate, progressRate } from '@/lib/domain/progress-rate'

/** One thing that a step is copying. */
export type ProgressLine = ProgressRate & {
  readonly label: string
  readonly doneBytes: number
  /** Null while it is not known. */
  readonly totalBytes: number | null
  /** 0 to 100, truncated; null while the total is not known. */
  readonly percent: number | null
  /** `1.2 GB of 2 GB (60 %)`. */
  readonly amount: string
  /** `1.2 GB of 2 GB (60 %), 110 MB/s, 7 s left`: as of the last sample. */
  readonly text: string
  /** When it was first seen to be as far as it is. */
  readonly movedAt: Instant | null
}

/** A copy that has not moved for this long has no rate, and no time left that anybody could know. */
const silentAfterSeconds = 8

/** How far it is, as of now: where nothing moves any more, since when, instead of a rate that is over. */
export function progressText(line: ProgressLine, nowMs: number): string {
  const { amount, doneBytes, totalBytes, movedAt, text } = line
  const silentSeconds = movedAt === null ? 0 : (nowMs - Date.parse(movedAt)) / 1000
  const isDone = totalBytes !== null && doneBytes >= totalBytes
  if (isDone || silentSeconds < silentAfterSeconds) return text
  return `${amount}, nothing more for ${formatDuration(silentSeconds)}`
}

/** A step's progress since its last start, or since it is being undone, one line for each label in the order in which they appeared. */
export function stepProgress(stepId: string, events: readonly RecordedEvent[]): readonly ProgressLine[] {
  const byLabel = new Map<string, Progress[]>()
  for (const { event } of events) {
    if (!('stepId' in event) || event.stepId !== stepId) continue
    if (event.type === 'step.started' || event.type === 'step.undo-started') byLabel.clear()
    if (event.type !== 'step.progressed') continue
    const known = byLabel.get(event.progress.label)
    if (known) known.push(event.progress)
    else byLabel.set(event.progress.label, [event.progress])
  }
  return [...byLabel].map(([label, samples]) => describe(label, samples))
}

function describe(label: string, samples: readonly Progress[]): ProgressLine {
  const last = samples.at(-1)
  const doneBytes = last?.doneBytes ?? 0
  const totalBytes = last?.totalBytes ?? null
  const { bytesPerSecond, secondsLeft } = progressRate(samples)
  const isDone = totalBytes !== null && doneBytes >= totalBytes
  const amount =
    totalBytes === null
      ? formatBytes(doneBytes)
      : `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)} (${formatPercent(doneBytes, totalBytes)})`
  const before = samples.findLastIndex((sample) => sample.doneBytes !== doneBytes)
  const parts = [
    amount,
    bytesPerSecond === null || isDone ? '' : `${formatBytes(bytesPerSecond)}/s`,
    secondsLeft === null || isDone ? '' : `${formatDuration(secondsLeft)} left`,
  ]
  return {
    label,
    doneBytes,
    totalBytes,
    bytesPerSecond,
    secondsLeft,
    percent: totalBytes === null ? null : toPercent(doneBytes, totalBytes),
    amount,
    text: parts.filter(Boolean).join(', '),
    movedAt: samples[before + 1]?.at ?? null,
  }
}

/** The output of a step, all attempts; the oldest lines are left out beyond `limit`. */
export function stepOutput(stepId: string, events: readonly RecordedEvent[], limit = 500): readonly string[] {
  return events
    .flatMap(({ event }) => (event.type === 'step.output' && event.stepId === stepId ? [event.line] : []))
    .slice(-limit)
}

/** How many times the step was begun. */
export function stepAttempts(stepId: string, events: readonly RecordedEvent[]): number {
  return events.filter(({ event }) => event.type === 'step.started' && event.stepId === stepId).length
}
