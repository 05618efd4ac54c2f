import { actionGroundOf } from '@/lib/domain/actions/action'
import { canDo } from '@/lib/domain/actions/permissions'
import { isObserved, observedReason } from '@/lib/domain/adopt/adoption'
import { rememberUpdate } from '@/lib/domain/last-update'
import type { Instant } from '@/lib/domain/observation'
import { type BesideKind, besideOf, isStanding } from '@/lib/domain/operation-state'
import type { HostSight } from '@/lib/domain/sight'
import { type ActionId, hasStandby, type PairState } from '@/lib/domain/states'
import { isTurnedRound } from '@/lib/domain/turned-round'
import type { Readiness, RoleSeen, Verdict } from '@/lib/domain/verdict'
import { type Finding, type Ground, groundOf, type VerdictInput } from '@/lib/domain/verdict-ground'
import { isBehindLimit, listFileFindings, listOutsideLimits } from '@/lib/domain/verdict-limits'
import { moreObserved } from '@/lib/domain/verdict-observed'
import { isReplayPaused, pauseFindings } from '@/lib/domain/verdict-pause'
import { judge } from '@/lib/domain/verdict-state'
import { countDiffering } from '@/lib/domain/verdict-verified'

/**
 * The pair's state, derived from facts alone: the same input gives the same verdict. Unknown is never down: a primary
 * counts as down only when neither we nor the standby get an answer from it.
 */
export function decideVerdict(input: VerdictInput): Verdict {
  const ground = groundOf(input)
  const { state, findings } = judge(ground)
  const all = [
    ...findings,
    ...morePauses(ground, state, findings),
    ...moreObserved(ground, state),
    ...byHandFindings(ground),
    ...besideFindings(ground),
    ...standingFindings(ground),
  ]
  const failover = readinessForFailover(ground, state, all)
  const switchover = readinessForSwitchover(ground, state, all)
  return {
    state,
    reasons: all.map(({ sentence }) => sentence),
    nextAction: nextAction(ground, state, all, {
      readyForFailover: failover,
      readyForSwitchover: switchover,
    }),
    rolesSeen: rolesSeen(ground),
    lag: ground.lag,
    loss: ground.loss,
    readyForFailover: failover,
    readyForSwitchover: switchover,
    ...times(input, state),
    isReplayPaused: isReplayPaused(ground),
    beside: besideOf(ground.operation),
    differs: countDiffering(ground),
    lastUpdate: rememberUpdate(input.previous?.lastUpdate ?? null, input.pair.hosts.standby, ground.b.server),
  }
}

/** A pause is told wherever there is a standby, beside what is worse. */
function morePauses(ground: Ground, state: PairState, findings: readonly Finding[]): Finding[] {
  if (!hasStandby(state) || state === 'working') return []
  const told = findings.map(({ sentence }) => sentence)
  return pauseFindings(ground).filter(({ sentence }) => !told.includes(sentence))
}

function times({ observation, previous }: VerdictInput, state: PairState) {
  const since: Instant = previous?.state === state ? previous.since : observation.at
  const lastProtectedAt = state === 'protected' ? observation.at : (previous?.lastProtectedAt ?? null)
  return { since, lastProtectedAt }
}

/** What a promotion by the break-glass kit has left is told until the other host follows again: then the kit is taken away. */
function byHandFindings({ a, b }: Ground): Finding[] {
  return [a, b].flatMap(({ name, machine }) => {
    const found = machine?.promotedByHand
    return found
      ? [
          {
            sentence: `${name} was promoted by hand at ${found.at}, by ${found.by}: “${found.reason}”.`,
            fix: '',
          },
        ]
      : []
  })
}

/** It is told beside the state, which it does not change. */
function besideFindings({ operation, b }: Ground): Finding[] {
  const kind = besideOf(operation)
  if (!operation || !kind) return []
  const words: Readonly<Record<BesideKind, string>> = {
    drill: `A drill by ${operation.startedBy} tries a copy of ${b.name}’s data; it gives way to replication.`,
    sync: `Files are copied to ${b.name} now, as ${operation.startedBy} asked.`,
    'repair-files': `Files on ${b.name} that differ are repaired, as ${operation.startedBy} asked.`,
  }
  return [{ sentence: words[kind], fix: '' }]
}

function standingFindings({ operation }: Ground): Finding[] {
  if (!operation || !isStanding(operation.state)) return []
  return [
    {
      sentence: `The operation “${operation.kind}” stands as ${operation.state}.`,
      fix: 'Resume it, undo it, or close it.',
    },
  ]
}

function advisedAction(ground: Ground, state: PairState): ActionId | null {
  const { a, b, pair } = ground
  if (state === 'unpaired') return pair.owed ? 'unpair' : 'create'
  if (state === 'no-primary') return 'promote'
  if (isObserved(pair)) return canBeTaken.includes(state) ? 'adopt' : null
  // Another server's data are nobody's to replace by a click.
  const isAnother = a.server && b.server && a.server.systemIdentifier !== b.server.systemIdentifier
  if (state === 'standby-lost' || state === 'diverged') return isAnother ? null : 're-pair'
  if (state === 'disconnected') return isStopped(b) ? 're-pair' : null
  const isTurned = isTurnedRound({ rolesSeen: rolesSeen(ground) }, pair)
  if (isTurned && (state === 'unprotected' || state === 'degraded')) return 're-pair'
  if (state === 'degraded' && (pair.pause || isReplayPaused(ground))) return 'resume'
  // Where the host expected as primary does not write, the other one may be all that the application has.
  const isServing = pair.scope.database ? a.server?.inRecovery === false : a.machine?.fileRole === 'primary'
  const isOtherThere = isServing && (b.server !== null || b.machine !== null)
  if (!isOtherThere) return null
  if (state === 'unprotected') return pair.formerPrimary === 'watched' ? 'fence' : 're-pair'
  return state === 'two-primaries' ? 'fence' : null
}

const canBeTaken: readonly PairState[] = ['protected', 'catching-up', 'degraded']

/** The host answers, and its PostgreSQL does not run. */
const isStopped = ({ isProvedStopped, machine, serverWhy }: HostSight): boolean =>
  machine !== null && (isProvedStopped || serverWhy?.code === 'POSTGRES_DOWN')

/** The one most useful thing to do. */
function nextAction(
  ground: Ground,
  state: PairState,
  findings: readonly Finding[],
  ready: Pick<Verdict, 'readyForFailover' | 'readyForSwitchover'>,
): Verdict['nextAction'] {
  const first = findings.find(({ fix }) => fix !== '')
  const sentence = first?.fix ?? 'Nothing needs to be done.'
  const action = advisedAction(ground, state) ?? first?.action ?? null
  const seen = {
    state,
    ...ready,
    isReplayPaused: isReplayPaused(ground),
    rolesSeen: rolesSeen(ground),
    beside: besideOf(ground.operation),
    differs: countDiffering(ground),
  }
  const isOpen = action !== null && canDo(action, actionGroundOf(seen, ground.pair)).allowed
  return { action: isOpen ? action : null, sentence }
}

function rolesSeen({ a, b, pair }: Ground): Verdict['rolesSeen'] {
  const seen = pair.scope.database ? roleSeen : fileRoleSeen
  return { primary: seen(a), standby: seen(b) }
}

/** Where the pair has no database: what the host itself says. */
function fileRoleSeen({ machine }: HostSight): RoleSeen {
  const role = machine?.fileRole ?? null
  return role === 'former' ? 'stopped' : (role ?? 'unknown')
}

/** `stopped` also for a server that is going down or hangs: nobody gets an answer, though its machine is seen. */
function roleSeen(host: HostSight): RoleSeen {
  if (host.server) return host.server.inRecovery ? 'standby' : 'primary'
  const isMute = host.ours === 'down' && (host.theirs === 'down' || host.serverWhy?.code === 'POSTGRES_DOWN')
  return host.isProvedStopped || (host.machine && isMute) ? 'stopped' : 'unknown'
}

const toReadiness = (reasons: readonly string[]): Readiness =>
  reasons.length === 0 ? { ready: true } : { ready: false, reasons }

function readinessForFailover(ground: Ground, state: PairState, findings: readonly Finding[]): Readiness {
  const { b, pair } = ground
  const closing = ['unpaired', 'working', 'standby-lost', 'diverged', 'two-primaries', 'unprotected']
  if (closing.includes(state)) return toReadiness(findings.slice(0, 1).map(({ sentence }) => sentence))
  if (pair.adoption && isObserved(pair)) return toReadiness([observedReason(pair.adoption)])
  if (!pair.scope.database) return readinessOfFiles(b)
  if (!b.server) return toReadiness([`PostgreSQL on ${b.name} is not seen: ${b.serverWhy?.message ?? ''}`])
  return toReadiness(b.server.inRecovery ? [] : [`${b.name} is not a standby: it accepts writes.`])
}

function readinessOfFiles({ name, machine, machineWhy }: HostSight): Readiness {
  if (!machine) return toReadiness([`${name} is not seen: ${machineWhy?.message ?? ''}`])
  return toReadiness(machine.fileRole === 'standby' ? [] : [`${name} does not say that it is the standby.`])
}

function readinessForSwitchover(ground: Ground, state: PairState, findings: readonly Finding[]): Readiness {
  const failover = readinessForFailover(ground, state, findings)
  if (!failover.ready) return failover
  const { a, b, pair } = ground
  const reasons: string[] = []
  if (pair.scope.database) {
    if (a.server?.inRecovery !== false)
      reasons.push(`${a.name} is not seen as a primary that accepts writes.`)
    if (!ground.isArriving) reasons.push(`No WAL is arriving at ${b.name}.`)
    if (isBehindLimit(ground)) reasons.push(`Replay on ${b.name} is behind its limit.`)
  }
  if (!a.machine) reasons.push(`Understudy does not see ${a.name}: ${a.machineWhy?.message ?? ''}`)
  const outside = pair.scope.database ? listOutsideLimits : listFileFindings
  if (reasons.length === 0) reasons.push(...outside(ground).map(({ sentence }) => sentence))
  return toReadiness(reasons)
}
