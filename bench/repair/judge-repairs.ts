import type { RepairFigures } from '@/bench/repair/measure'
import {
  type Demand,
  inMegabytes,
  inSeconds,
  isMet,
  type Judgement,
  type Spread,
  sayDemand,
  spreadOf,
} from '@/bench/report/figures'
import { sayGaps, type Trials } from '@/bench/report/trials'
import type { RepairWay } from '@/lib/domain/repair-way'

type RepairTrials = Trials<RepairFigures>

/**
 * How many times the least that it can be, of the same run, until the host streams. Of the design's figures, “Speed”: a rewind has one of its
 * own, a base backup is held to that of a create, which is the same work; the others have none.
 */
const repairLimits: Readonly<Record<RepairWay, number | null>> = {
  start: null,
  follow: null,
  rewind: 1.3,
  'base-backup': 1.1,
}

const streamingOf = ({ figures }: RepairTrials): Spread | null =>
  spreadOf(figures.map(({ streamingMs }) => streamingMs))

/** The floor with the least median. */
const leastOf = (all: readonly RepairTrials[]) =>
  all
    .filter(({ rank }) => rank === 'floor')
    .map((trials) => ({ trials, ms: streamingOf(trials)?.median ?? Number.POSITIVE_INFINITY }))
    .filter(({ ms }) => Number.isFinite(ms))
    .toSorted((one, other) => one.ms - other.ms)[0] ?? null

const tlsOf = ({ figures }: RepairTrials) => [...new Set(figures.map(({ isTls }) => isTls))]

function say(trials: RepairTrials, ours: Spread | null): readonly string[] {
  const { title, rank, figures } = trials
  const streaming = streamingOf(trials)
  const received = spreadOf(figures.map(({ receivedBytes }) => receivedBytes))
  const ended = spreadOf(figures.map(({ endedMs }) => endedMs))
  if (!streaming || !received || !ended) return sayGaps(trials)
  const ratio =
    rank === 'ours' || !ours
      ? ''
      : `; ours takes ${(ours.median / streaming.median).toFixed(2)} times as long`
  const tls = tlsOf(trials).map((isTls) => (isTls ? 'over TLS' : 'without TLS'))
  return [
    `${title}: streams after ${inSeconds(streaming)}${ratio}; received ${inMegabytes(received)} ${tls.join(' or ')}; ended after ${inSeconds(ended)}`,
    ...sayGaps(trials),
  ]
}

function demandsOf(way: RepairWay, ours: RepairTrials, all: readonly RepairTrials[]): readonly Demand[] {
  const least = leastOf(all)
  const limit = repairLimits[way]
  const failed: Demand = {
    what: `${way}: trials of ours that failed`,
    is: ours.failures.length,
    atMost: 0,
    say: (count) => count.toFixed(0),
  }
  if (limit === null) return [failed]
  const isAlike = least !== null && tlsOf(ours).every((isTls) => tlsOf(least.trials).includes(isTls))
  const ms = streamingOf(ours)?.median ?? Number.POSITIVE_INFINITY
  const than = least === null ? 'nothing was measured' : isAlike ? least.trials.title : 'one of both has TLS'
  return [
    {
      what: `${way}: times the least by hand (${than})`,
      is: least && isAlike ? ms / least.ms : null,
      atMost: limit,
      say: (ratio) => ratio.toFixed(2),
    },
    failed,
  ]
}

/** The figures of each method for one way with the ratio to ours, and whether ours keep the limit. Throws where there are none of ours. */
export function judgeRepairs(way: RepairWay, all: readonly RepairTrials[]): Judgement {
  const ours = all.find(({ rank }) => rank === 'ours')
  if (!ours) throw new Error('nothing of ours was tried')
  const demands = demandsOf(way, ours, all)
  return {
    lines: [...all.flatMap((trials) => say(trials, streamingOf(ours))), ...demands.map(sayDemand)],
    isMet: demands.every(isMet),
  }
}
