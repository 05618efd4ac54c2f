import {
  type Demand,
  inMs,
  isMet,
  type Judgement,
  type Spread,
  sayDemand,
  spreadOf,
} from '@/bench/report/figures'
import { sayGaps, type Trials } from '@/bench/report/trials'
import type { SwitchOverFigures } from '@/bench/switchover/measure'

type SwitchOverTrials = Trials<SwitchOverFigures>

/** Of the design's figures, “Speed”: the median without writes, each trial's return of the old primary, and nothing lost. */
const switchOverLimits = { gapMs: 300, shareOfBestPeer: 0.2, streamingMs: 3_000 } as const

const gapOf = ({ figures }: SwitchOverTrials): Spread | null => spreadOf(figures.map(({ gapMs }) => gapMs))
const lostIn = ({ figures }: SwitchOverTrials) => figures.reduce((sum, { lost }) => sum + lost, 0)

function say(trials: SwitchOverTrials, ours: Spread | null): readonly string[] {
  const { title, rank, figures } = trials
  const gap = gapOf(trials)
  const streaming = spreadOf(figures.map(({ streamingMs }) => streamingMs))
  if (!gap || !streaming) return sayGaps(trials)
  const ratio = rank === 'ours' || !ours ? '' : `; ours is ${(ours.median / gap.median).toFixed(2)} of it`
  const line = `${title}: without writes ${inMs(gap)}${ratio}; old primary streams after ${inMs(streaming)}; ${lostIn(trials)} acknowledged rows lost in ${gap.count}`
  return [line, ...sayGaps(trials)]
}

function demandsOf(ours: SwitchOverTrials, peers: readonly SwitchOverTrials[]): readonly Demand[] {
  const gap = gapOf(ours)?.median ?? Number.POSITIVE_INFINITY
  const best = peers
    .flatMap((peer) => ({ title: peer.title, ms: gapOf(peer)?.median ?? Number.POSITIVE_INFINITY }))
    .toSorted((one, other) => one.ms - other.ms)[0]
  const count = (value: number) => value.toFixed(0)
  const { gapMs, shareOfBestPeer, streamingMs } = switchOverLimits
  const hasPeer = best !== undefined && Number.isFinite(best.ms)
  return [
    { what: 'ms without writes', is: gap, atMost: gapMs, say: count },
    {
      what: hasPeer ? `share of the best peer (${best.title})` : 'share of the best peer (none was measured)',
      is: hasPeer ? gap / best.ms : null,
      atMost: shareOfBestPeer,
      say: (share) => share.toFixed(2),
    },
    {
      what: 'ms until the old primary streams, the worst',
      is: Math.max(...ours.figures.map(({ streamingMs: ms }) => ms)),
      atMost: streamingMs,
      say: count,
    },
    { what: 'acknowledged rows lost', is: lostIn(ours), atMost: 0, say: count },
    { what: 'trials that failed', is: ours.failures.length, atMost: 0, say: count },
  ]
}

/** The figures of each method with the ratio to ours, and whether ours keep the limits. Throws where there are none of ours. */
export function judgeSwitchOvers(all: readonly SwitchOverTrials[]): Judgement {
  const ours = all.find(({ rank }) => rank === 'ours')
  if (!ours) throw new Error('nothing of ours was tried')
  const demands = demandsOf(
    ours,
    all.filter(({ rank }) => rank === 'peer'),
  )
  return {
    lines: [...all.flatMap((trials) => say(trials, gapOf(ours))), ...demands.map(sayDemand)],
    isMet: demands.every(isMet),
  }
}
