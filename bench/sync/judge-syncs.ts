import {
  type Demand,
  inSeconds,
  isMet,
  type Judgement,
  type Spread,
  sayDemand,
  spreadOf,
} from '@/bench/report/figures'
import { sayGaps, type Trials } from '@/bench/report/trials'
import type { SyncFigures } from '@/bench/sync/measure'
import type { Workload } from '@/bench/sync/options'

type SyncTrials = Trials<SyncFigures>

/** Of the design's figures, “Speed”: how many times the least of the same run; there is none for a copy of what changed. */
const phases = [
  { id: 'firstMs', title: 'first copy', limit: 1.1 },
  { id: 'sameMs', title: 'nothing changed', limit: 1.1 },
  { id: 'changedMs', title: '1 % changed', limit: null },
] as const
type Phase = (typeof phases)[number]

const spreadIn = ({ figures }: SyncTrials, { id }: Phase): Spread | null =>
  spreadOf(figures.flatMap((of) => of[id] ?? []))

/** The floor with the least median. */
const leastOf = (all: readonly SyncTrials[], phase: Phase) =>
  all
    .filter(({ rank }) => rank === 'floor')
    .flatMap((trials) => {
      const spread = spreadIn(trials, phase)
      return spread ? [{ title: trials.title, ms: spread.median }] : []
    })
    .toSorted((one, other) => one.ms - other.ms)[0] ?? null

const ratio = (spread: Spread, to: number | undefined) =>
  to === undefined ? '-' : (spread.median / to).toFixed(2)

function tableOf(
  way: Workload,
  phase: Phase,
  all: readonly SyncTrials[],
  plainTitle: string,
): readonly string[] {
  const plain = all.find(({ title }) => title === plainTitle)
  const plainMs = plain && spreadIn(plain, phase)?.median
  const leastMs = leastOf(all, phase)?.ms
  const rows = all.flatMap((trials) => {
    const spread = spreadIn(trials, phase)
    return spread
      ? [[trials.title, inSeconds(spread), ratio(spread, plainMs), ratio(spread, leastMs)] as const]
      : []
  })
  const head = [`${way}, ${phase.title}`, 'time', '× plain', '× floor'] as const
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  return [head, ...rows].map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(8))).join('  '),
  )
}

function demandOf(
  way: Workload,
  phase: Phase,
  ours: SyncTrials,
  all: readonly SyncTrials[],
): readonly Demand[] {
  const { title, limit } = phase
  if (limit === null) return []
  const least = leastOf(all, phase)
  const ms = spreadIn(ours, phase)?.median ?? Number.POSITIVE_INFINITY
  return [
    {
      what: `${way}, ${title}: times the least (${least?.title ?? 'nothing was measured'})`,
      is: least && ms / least.ms,
      atMost: limit,
      say: (times) => times.toFixed(2),
    },
  ]
}

/**
 * A table for each kind of copy of one workload, with what each method takes of the time of `plainTitle` and of the least floor, and whether
 * ours keep their limits. Throws where there are none of ours.
 */
export function judgeSyncs(way: Workload, all: readonly SyncTrials[], plainTitle: string): Judgement {
  const ours = all.find(({ rank }) => rank === 'ours')
  if (!ours) throw new Error('nothing of ours was tried')
  const demands: readonly Demand[] = [
    ...phases.flatMap((phase) => demandOf(way, phase, ours, all)),
    {
      what: `${way}: trials of ours that failed`,
      is: ours.failures.length,
      atMost: 0,
      say: (count) => count.toFixed(0),
    },
  ]
  return {
    lines: [
      ...phases.flatMap((phase) => [...tableOf(way, phase, all, plainTitle), '']),
      ...all.flatMap(sayGaps),
      ...demands.map(sayDemand),
    ],
    isMet: demands.every(isMet),
  }
}
