import type { Tone } from '@/components/ui/pill'
import { formatDuration } from '@/lib/domain/format-duration'
import type { DirectoryRun } from '@/lib/domain/observation'

export type RunBar = { readonly key: string; readonly tall: number; readonly tone: Tone }

const leastTall = 3

const secondsOf = ({ startedAt, endedAt }: DirectoryRun): number =>
  Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000)

const isSkipped = ({ result }: DirectoryRun): boolean => result.startsWith('skipped')

/**
 * A bar for each run, the oldest first (`runs`: newest first): its height by how long the run took, on a scale on which twice as long is one
 * step, for a first copy takes a thousand times what the others take.
 */
export function barsOf(runs: readonly DirectoryRun[], height: number): readonly RunBar[] {
  const most = Math.log2(2 + Math.max(...runs.map(secondsOf)))
  return runs.toReversed().map((run, index) => ({
    key: `${run.startedAt} ${index}`,
    tall: Math.round(leastTall + (Math.log2(1 + secondsOf(run)) / most) * (height - leastTall)),
    tone: run.result === 'ok' ? 'ok' : isSkipped(run) ? 'unknown' : 'warn',
  }))
}

/** The same in a sentence, e.g. `The last 30 runs: 28 good, 2 failed; the good ones took 1 s to 4 s.` */
export function trendWords(runs: readonly DirectoryRun[]): string {
  const good = runs.filter(({ result }) => result === 'ok')
  const skipped = runs.filter(isSkipped).length
  const failed = runs.length - good.length - skipped
  const counts = [
    `${good.length} good`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ')
  const seconds = good.map(secondsOf)
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)]
  const took =
    good.length === 0
      ? ''
      : least === most
        ? `; the good ones took ${formatDuration(most)}`
        : `; the good ones took ${formatDuration(least)} to ${formatDuration(most)}`
  return `The last ${runs.length === 1 ? 'run' : `${runs.length} runs`}: ${counts}${took}.`
}
