import { directoryAgeSeconds } from '@/lib/domain/directory-freshness'
import { type ForkWitness, findLeavings, leavingSentence } from '@/lib/domain/fork-witness'
import { estimateLag, type LagEstimate, laterOf } from '@/lib/domain/lag'
import { lastCommitOf } from '@/lib/domain/last-update'
import type { LeftOut } from '@/lib/domain/left-out'
import { streamSilenceMaxSeconds, type VerdictLimits } from '@/lib/domain/limits'
import { type LossStatement, stateLoss } from '@/lib/domain/loss'
import type { Lsn } from '@/lib/domain/lsn'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import type { Instant, Observation, SenderFacts } from '@/lib/domain/observation'
import type { OperationKind, OperationState } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PairHistory } from '@/lib/domain/pair-history'
import { type HostSight, lookAt } from '@/lib/domain/sight'
import type { ActionId } from '@/lib/domain/states'
import type { Verdict } from '@/lib/domain/verdict'
import { isStreamOf } from '@/lib/domain/verdict-observed'

export type VerdictInput = {
  readonly pair: Pair
  readonly hostNames: Readonly<Record<Role, string>>
  readonly limits: VerdictLimits
  /** What of the application the pair does not protect. */
  readonly leftOut: readonly LeftOut[]
  readonly observation: Observation
  /** Must already hold this observation (`remember`). */
  readonly history: PairHistory
  /** What is kept of both servers over time; must already hold this observation (`witness`). */
  readonly witness: ForkWitness
  /** The operation that holds the pair, if any. */
  readonly operation: {
    readonly kind: OperationKind
    readonly state: OperationState
    readonly startedBy: string
  } | null
  readonly previous: Pick<Verdict, 'state' | 'since' | 'lastProtectedAt' | 'lastUpdate'> | null
}

/** A sentence for the operator, with what to do about it. */
export type Finding = {
  readonly sentence: string
  readonly fix: string
  /** The one that mends it, where there is one for exactly this. */
  readonly action?: ActionId
}

/** Everything that the rules look at, derived once from the input. */
export type Ground = VerdictInput & {
  readonly nowMs: number
  readonly a: HostSight
  readonly b: HostSight
  /** The standby's place among the primary's WAL senders, if the primary is seen and has one. */
  readonly sender: SenderFacts | null
  /** WAL is arriving at the standby now. */
  readonly isArriving: boolean
  /** Some way shows the primary's position as of now. */
  readonly isPrimaryCurrent: boolean
  readonly received: Lsn | null
  readonly lag: LagEstimate
  readonly loss: LossStatement
}

/** Derives from the input what the rules look at. `a` is the host expected as primary, `b` as standby. */
export function groundOf(input: VerdictInput): Ground {
  const { observation, history, pair } = input
  const { primary: a, standby: b } = lookAt(observation, history, input.hostNames)
  const nowMs = Date.parse(observation.at)
  const sender = a.server?.senders.find((entry) => isStreamOf(pair, entry)) ?? null
  const standby = b.server ?? b.lastServer?.value ?? null
  const own = laterOf(standby?.receivedLsn ?? null, standby?.replayedLsn ?? null)
  const received = b.server ? own : laterOf(own, sender?.flushLsn ?? null)
  const replayed = b.server
    ? b.server.replayedLsn
    : laterOf(standby?.replayedLsn ?? null, sender?.replayLsn ?? null)
  const commitAt = toOurClock(
    standby && lastCommitOf(standby, pair.hosts.standby, input.previous?.lastUpdate),
    history.hosts.primary.machine?.value.clockOffsetMs,
  )
  const lag = estimateLag({
    primary: history.primary,
    received,
    replayed,
    replayedCommitAtMs: commitAt === null ? null : Date.parse(commitAt),
  })
  const isArriving = isStreamArriving(a, b, sender, received)
  const isPrimaryCurrent = a.server !== null || isArriving
  const loss = stateLoss({
    nowMs,
    lag: pair.scope.database ? lag : null,
    isPrimaryCurrent,
    lastReplayedCommitAt: commitAt,
    directories: directoryLosses(input, nowMs),
    leftOut: input.leftOut,
  })
  return { ...input, nowMs, a, b, sender, isArriving, isPrimaryCurrent, received, lag, loss }
}

/** Which host left the line that both shared, when and where; none where that was never seen. */
export function forkFindings({ witness, pair, a, b }: Ground): readonly Finding[] {
  return findLeavings(witness, pair.hosts).map((leaving) => ({
    sentence: leavingSentence(leaving, leaving.hostId === pair.hosts.primary ? a.name : b.name),
    fix: '',
  }))
}

function toOurClock(at: Instant | null, offsetMs: number | undefined): Instant | null {
  return at === null ? null : new Date(Date.parse(at) - (offsetMs ?? 0)).toISOString()
}

/** From the standby's side where it is seen, else from the primary's. */
function isStreamArriving(
  a: HostSight,
  b: HostSight,
  sender: SenderFacts | null,
  received: Lsn | null,
): boolean {
  const current = a.server?.currentLsn ?? null
  const missing = current !== null && received !== null && lsnDistanceBytes(current, received) > 0
  if (b.server) {
    const receiver = b.server.receiver
    if (receiver?.status !== 'streaming' || a.theirs === 'down') return false
    return !missing || (receiver.lastMessageAgeSeconds ?? 0) <= streamSilenceMaxSeconds
  }
  // The sender of a standby that was cut off stays until the time-out; its missing answers show it sooner.
  return sender?.state === 'streaming' && b.theirs !== 'down' && !b.isProvedStopped
}

function directoryLosses({ pair, history }: VerdictInput, nowMs: number) {
  if (!pair.scope.files) return []
  const machine = history.hosts.standby.machine?.value ?? null
  return pair.settings.directories.map(({ id, title }) => ({
    id,
    title,
    ageSeconds: directoryAgeSeconds(
      machine?.directories.find((facts) => facts.id === id) ?? null,
      nowMs,
      machine?.clockOffsetMs ?? 0,
    ),
  }))
}
