import { formatBytes } from '@/lib/domain/format-bytes'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import type { PairState } from '@/lib/domain/states'
import { type Finding, forkFindings, type Ground } from '@/lib/domain/verdict-ground'
import { isBehindLimit, isClosingIn, listOutsideLimits } from '@/lib/domain/verdict-limits'
import { slotOf } from '@/lib/domain/verdict-observed'
import { isReplayPaused } from '@/lib/domain/verdict-pause'

export type Decision = { readonly state: PairState; readonly findings: readonly Finding[] }

/** The primary is known to be up and the standby is, or was, a standby: is it following? */
export function judgeFollowing(ground: Ground): Decision {
  const lost = findLost(ground)
  if (lost) return { state: 'standby-lost', findings: [lost] }
  const diverged = findDiverged(ground)
  if (diverged) return { state: 'diverged', findings: [diverged, ...forkFindings(ground)] }
  if (!ground.isArriving) return { state: 'disconnected', findings: disconnectedFindings(ground) }
  const findings = listOutsideLimits(ground)
  if (findings.length === 0) return { state: 'protected', findings: [healthyFinding(ground)] }
  const isOnlyBehind = isBehindLimit(ground) && findings.length === 1 && !isReplayPaused(ground)
  return { state: isOnlyBehind && isClosingIn(ground) ? 'catching-up' : 'degraded', findings }
}

const repair = (name: string) =>
  `Make ${name} a standby again: the re-pair takes the cheapest way that is enough.`

function findLost(ground: Ground): Finding | null {
  const { a, b, received, pair } = ground
  const [one, other] = [a.server ?? a.lastServer?.value, b.server]
  if (one && other && one.systemIdentifier !== other.systemIdentifier)
    return {
      sentence: `${b.name} holds another database cluster than ${a.name}: system identifier ${other.systemIdentifier}, not ${one.systemIdentifier}.`,
      fix: `Find out whose data they are. If nobody needs them, stop PostgreSQL on ${b.name} and move them away by hand; then make it a standby again.`,
    }
  if (ground.isArriving || !a.server) return null
  const slot = a.server.slots.find(({ name }) => name === slotOf(pair))
  const oldest = a.server.oldestWalLsn
  const isGone = oldest !== null && received !== null && lsnDistanceBytes(oldest, received) > 0
  if (slot?.walStatus !== 'lost' && !isGone) return null
  return {
    sentence: `${a.name} no longer has the WAL that ${b.name} needs: it needs ${received}, the oldest kept begins at ${oldest}.`,
    fix: repair(b.name),
  }
}

function findDiverged({ a, b, received, isArriving }: Ground): Finding | null {
  if (!a.server || !b.server || isArriving) return null
  const fix = `Make ${b.name} a standby again: by rewind if it can, else from a new base backup.`
  const timelines = `${b.name} is on timeline ${b.server.timeline}, ${a.name} on ${a.server.timeline}`
  if (b.server.timeline > a.server.timeline)
    return { sentence: `${b.name} has left ${a.name}’s timeline: ${timelines}.`, fix }
  // A standby on an older timeline follows to the newer one by itself, unless it went past the fork.
  if (b.server.timeline < a.server.timeline && a.theirs === 'alive')
    return { sentence: `${b.name} does not follow ${a.name} to its timeline: ${timelines}.`, fix }
  const { currentLsn } = a.server
  if (currentLsn === null || received === null) return null
  const aheadBytes = lsnDistanceBytes(received, currentLsn)
  if (aheadBytes <= 0) return null
  return {
    sentence: `${b.name} has ${formatBytes(aheadBytes)} of WAL that ${a.name} does not have: ${received} against ${currentLsn}.`,
    fix,
  }
}

function disconnectedFindings(ground: Ground): Finding[] {
  return [noArrival(ground), ...runwayFinding(ground), ...unseenPrimary(ground)]
}

function noArrival({ a, b }: Ground): Finding {
  if (b.server?.receiver?.status === 'streaming')
    return {
      sentence: `No WAL arrives at ${b.name}: its stream from ${a.name} is silent.`,
      fix: `Look at the network between ${a.name} and ${b.name}: PostgreSQL on ${a.name} must be reachable from ${b.name}.`,
    }
  if (b.server)
    return {
      sentence: `No WAL arrives at ${b.name}: its WAL receiver is not streaming.`,
      fix: `Read the PostgreSQL log on ${b.name}; it says why the receiver cannot connect to ${a.name}.`,
    }
  if (b.isProvedStopped || (b.machine && b.serverWhy?.code === 'POSTGRES_DOWN'))
    return {
      sentence: `PostgreSQL on ${b.name} is stopped, so that no WAL arrives there.`,
      fix: `Start PostgreSQL on ${b.name}.`,
    }
  return {
    sentence: `${b.name} is not connected to ${a.name}, and Understudy does not see it: ${b.serverWhy?.message ?? ''}`,
    fix: b.serverWhy?.fix ?? `Look at ${b.name}.`,
  }
}

/** How much of what the primary keeps for the standby is used up. */
function runwayFinding({ a, b, received }: Ground): Finding[] {
  const primary = a.server
  if (!primary?.currentLsn || received === null) return []
  const missing = Math.max(0, lsnDistanceBytes(primary.currentLsn, received))
  const kept = primary.walSegmentsConfigured * primary.walSegmentBytes
  return [
    {
      sentence: `${b.name} misses ${formatBytes(missing)} of WAL; ${formatBytes(kept)} are kept for it.`,
      fix: '',
    },
  ]
}

function unseenPrimary({ a }: Ground): Finding[] {
  if (a.server || !a.serverWhy) return []
  return [{ sentence: `Understudy does not see ${a.name}: ${a.serverWhy.message}`, fix: a.serverWhy.fix }]
}

function healthyFinding({ a, b, pair }: Ground): Finding {
  const files = pair.scope.files && pair.settings.directories.length > 0
  return {
    sentence: files
      ? `${b.name} streams from ${a.name}, and every directory is within its schedule.`
      : `${b.name} streams from ${a.name}.`,
    fix: '',
  }
}
