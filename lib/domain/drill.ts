import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import type { Instant } from '@/lib/domain/observation'
import type { OperationId } from '@/lib/domain/operation'
import type { PairId } from '@/lib/domain/pair'

/**
 * How the throwaway copy is made. `reflink`: the file system shares the blocks of both until one of them changes. `backup`: a base backup
 * that the standby itself gives.
 */
export type CopyWay = 'reflink' | 'backup'

/** One look at the copy, with what it showed. `cut-short`: its time was over, and what it saw until then was sound. */
export type DrillCheck = {
  /** Stable, kebab-case; those of the profile have its ids behind `profile-`. */
  readonly id: string
  readonly title: string
  readonly outcome: 'passed' | 'failed' | 'cut-short' | 'left-out'
  readonly evidence: string
  /** Milliseconds. */
  readonly tookMs: number
}

/**
 * How a drill ended. `failed`: what it tried did not stand; `gave-way`: replication needed what it took; `broken-off`: neither is known,
 * because it was cancelled or could not go on.
 */
export type DrillOutcome = 'running' | 'passed' | 'failed' | 'gave-way' | 'broken-off'

/** `trying` until all that is tried on the copy is over; then it is only stopped and removed. It never goes back. */
type DrillPhase = 'trying' | 'clearing' | 'taken-back'

/** What is kept of a drill, from its begin on. */
export type Drill = {
  readonly operationId: OperationId
  readonly pairId: PairId
  /** The standby whose data were tried, by its name then. */
  readonly hostName: string
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly outcome: DrillOutcome
  /** Why it did not pass; empty while it may. */
  readonly reason: string
  readonly way: CopyWay
  /** Bytes of the copy as its files are, and the milliseconds that it took; null until it is made. */
  readonly copy: { readonly bytes: number; readonly ms: number } | null
  /** From the start of the copy's server until it had taken its first row, milliseconds; null until then. */
  readonly recoveryMs: number | null
  readonly checks: readonly DrillCheck[]
  readonly phase: DrillPhase
}

export const drillOutcomeWords: Readonly<Record<DrillOutcome, string>> = {
  running: 'runs',
  passed: 'passed',
  failed: 'failed',
  'gave-way': 'gave way',
  'broken-off': 'was broken off',
}

export const copyWayWords: Readonly<Record<CopyWay, string>> = {
  reflink: 'shared blocks',
  backup: 'backup from the standby',
}

/** A check that did not stand. What was cut short or left out says nothing against the copy. */
export const failedChecks = ({ checks }: Pick<Drill, 'checks'>): readonly DrillCheck[] =>
  checks.filter(({ outcome }) => outcome === 'failed')

/** What a drill came to, once all that it does is done. Who gave a reason before has decided it. */
export function concluded(drill: Drill): Pick<Drill, 'outcome' | 'reason'> {
  const { outcome, reason } = drill
  if (outcome !== 'running') return { outcome, reason }
  const failed = failedChecks(drill)
  return failed.length === 0
    ? { outcome: 'passed', reason: '' }
    : { outcome: 'failed', reason: failed.map(({ title, evidence }) => `${title}: ${evidence}`).join(' ') }
}

/** The same with one check more, in place of an earlier answer to it. */
export const withCheck = (checks: readonly DrillCheck[], check: DrillCheck): readonly DrillCheck[] => [
  ...checks.filter(({ id }) => id !== check.id),
  check,
]

/** Why nothing is tried any more, in a sentence; null while it is. */
export function whyPast({ phase, outcome, reason }: Drill): string | null {
  if (outcome !== 'running') return `It is past: the drill ${drillOutcomeWords[outcome]}. ${reason}`.trimEnd()
  return phase === 'trying' ? null : 'It is past: what was to be tried was tried.'
}

/** Seconds of a recovery for people, e.g. `4.2 s`. */
export const recoveryWords = (ms: number): string => formatDuration(ms / 1_000)

/** What a drill showed, one sentence a fact; nothing for what it did not come to. */
export function drillSentences({ copy, way, recoveryMs, checks, reason }: Drill): readonly string[] {
  const count = (outcome: DrillCheck['outcome']) => checks.filter((check) => check.outcome === outcome).length
  const asked = checks.length - count('left-out')
  return [
    ...(reason === '' ? [] : [reason]),
    ...(copy
      ? [`${formatBytes(copy.bytes)} copied in ${recoveryWords(copy.ms)} (${copyWayWords[way]}).`]
      : []),
    ...(recoveryMs === null
      ? []
      : [`The copy took its first row ${recoveryWords(recoveryMs)} after its start.`]),
    ...(asked === 0 ? [] : [`${count('passed')} of ${asked} checks passed.`]),
  ]
}
