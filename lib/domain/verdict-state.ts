import { isChanging } from '@/lib/domain/operation-state'
import type { HostSight } from '@/lib/domain/sight'
import { judgeFilesOnly } from '@/lib/domain/verdict-files'
import { type Finding, forkFindings, type Ground } from '@/lib/domain/verdict-ground'
import { listOutsideLimits } from '@/lib/domain/verdict-limits'
import { type Decision, judgeFollowing } from '@/lib/domain/verdict-standby'

/** Which of the twelve states the pair is in, with the findings that say why. */
export function judge(ground: Ground): Decision {
  const { operation, pair } = ground
  if (operation && isChanging(operation))
    return {
      state: 'working',
      findings: [
        {
          sentence: `${operation.startedBy} started “${operation.kind}” on this pair; it is running.`,
          fix: 'Follow the operation step by step.',
        },
      ],
    }
  if (!pair.isPaired) return { state: 'unpaired', findings: unpairedFindings(ground) }
  if (!pair.scope.database) return judgeFilesOnly(ground)
  return judgeDatabase(ground)
}

function unpairedFindings({ a, b, operation, pair }: Ground): Finding[] {
  if (pair.owed)
    return pair.owed.map(({ hostId }) => ({
      sentence: `The hosts are no pair any more; what the pair put on ${hostId === pair.hosts.primary ? a.name : b.name}, which was away then, is still there.`,
      fix: operation ? 'Resume the operation, or close it.' : 'It is cleaned as soon as the host answers.',
    }))
  const isStreaming = a.server?.inRecovery === false && b.server?.receiver?.status === 'streaming'
  const sentence = isStreaming
    ? `${b.name} streams from ${a.name} already, but not by Understudy’s doing.`
    : `No standby has been created yet on ${b.name}.`
  const fix = operation
    ? 'Resume the operation, or undo it.'
    : isStreaming
      ? 'Observe it, and take it over when what was found is right; or create the standby anew.'
      : 'Create the standby.'
  return [{ sentence, fix }]
}

const isWritable = (host: HostSight): boolean => host.server?.inRecovery === false
const isStandby = (host: HostSight): boolean => host.server?.inRecovery === true

function judgeDatabase(ground: Ground): Decision {
  const { a, b, pair } = ground
  if (isWritable(a) && isWritable(b)) return bothWritable(ground)
  if (isWritable(a)) {
    const isLeftBehind = pair.formerPrimary !== 'none' && !ground.isArriving
    return isLeftBehind ? leftBehind(ground) : judgeFollowing(ground)
  }
  if (isWritable(b)) return turnedRound(ground)
  if (isStandby(a) && isStandby(b))
    return {
      state: 'no-primary',
      findings: [
        {
          sentence: `PostgreSQL on ${a.name} runs, but read-only: neither host accepts writes.`,
          fix: `Promote ${b.name}.`,
        },
      ],
    }
  return judgeUnseenPrimary(ground)
}

const isFencedByItself = ({ settings }: Ground['pair']): boolean => settings.fenceReturned === 'automatic'

function bothWritable(ground: Ground): Decision {
  const { a, b, pair } = ground
  if (a.server?.systemIdentifier !== b.server?.systemIdentifier) return judgeFollowing(ground)
  const expected = `${a.name} is the one expected as primary.`
  return {
    state: 'two-primaries',
    findings: [
      {
        sentence: `Both ${a.name} and ${b.name} accept writes: timeline ${a.server?.timeline} at ${a.server?.currentLsn}, and timeline ${b.server?.timeline} at ${b.server?.currentLsn}.`,
        fix:
          pair.formerPrimary !== 'none'
            ? `${pair.formerPrimary === 'watched' && isFencedByItself(pair) ? `${b.name} is about to be fenced by itself; see the audit log where that was refused, and fence it` : `Fence ${b.name}`}: it was the primary before ${a.name} was promoted, and has come back. ${expected}`
            : `Fence the host that must not be primary: say which. ${expected}`,
      },
      ...forkFindings(ground),
    ],
  }
}

/** After a promotion: the new primary is up, the former one is not following it. */
function leftBehind({ a, b, pair }: Ground): Decision {
  const how =
    pair.formerPrimary === 'fenced'
      ? `${b.name}, the former primary, is fenced`
      : b.server || b.machine
        ? `${b.name}, the former primary, does not follow it`
        : `${b.name}, the former primary, is not seen and is watched for its return${isFencedByItself(pair) ? ', to be fenced by itself' : ''}`
  return {
    state: 'unprotected',
    findings: [
      {
        sentence: `${a.name} is primary; ${how}.`,
        fix:
          pair.formerPrimary === 'watched' && (b.server || b.machine)
            ? `Fence ${b.name}, so that it can’t come back writable.`
            : `Make ${b.name} a standby again: the re-pair takes the cheapest way that is enough.`,
      },
    ],
  }
}

/** What leads out where only the host accepts writes that is expected not to. */
function fixOf({ a, b, pair }: Ground): string {
  if (pair.formerPrimary !== 'none')
    return `${b.name} is the former primary, with the data of before. Start PostgreSQL on ${a.name}; then ${b.name} can be fenced.`
  return a.server !== null || a.isProvedStopped
    ? `Make ${a.name} a standby of ${b.name}: the re-pair takes the cheapest way that is enough.`
    : `Keep ${a.name} from accepting writes, then make it a standby of ${b.name}.`
}

/** The host expected as standby accepts writes, the one expected as primary does not. */
function turnedRound(ground: Ground): Decision {
  const { a, b } = ground
  if (a.server?.receiver?.status === 'streaming')
    return {
      state: 'degraded',
      findings: [
        {
          sentence: `The roles are the other way round: ${b.name} is primary, and ${a.name} streams from it.`,
          fix: `Make ${a.name} a standby of ${b.name} in Understudy’s record too: files flow the right way then.`,
        },
        ...listOutsideLimits(ground),
      ],
    }
  const other = a.server
    ? `${a.name} is read-only and does not follow it.`
    : a.isProvedStopped || a.serverWhy?.code === 'POSTGRES_DOWN'
      ? `PostgreSQL on ${a.name} is stopped.`
      : `${a.name} is not seen, so that it may accept writes too: ${a.serverWhy?.message ?? ''}`
  return {
    state: 'unprotected',
    findings: [
      {
        sentence: `${b.name} accepts writes: it was promoted. ${other}`,
        fix: fixOf(ground),
      },
    ],
  }
}

/** Nobody is seen to accept writes, and the expected primary's server does not answer us. */
function judgeUnseenPrimary(ground: Ground): Decision {
  const { a, b } = ground
  if (a.ours === 'down' && a.theirs === 'down') return noPrimary(ground)
  if (isStandby(b) && a.theirs === 'alive') return judgeFollowing(ground)
  if (isStandby(a) && b.isProvedStopped) return noPrimary(ground)
  return { state: 'unknown', findings: unseenFindings(a, b) }
}

function noPrimary({ a, b, loss }: Ground): Decision {
  const how = a.server
    ? `PostgreSQL on ${a.name} is read-only`
    : a.isProvedStopped
      ? `PostgreSQL on ${a.name} is not running`
      : a.machine
        ? `PostgreSQL on ${a.name} does not answer`
        : `${a.name} does not answer`
  const seenBy = a.server ? '' : `, neither to Understudy nor to ${b.name}`
  const sound = isStandby(b)
    ? { sentence: loss.sentence, fix: '' }
    : { sentence: `PostgreSQL on ${b.name} is not running either.`, fix: `Start PostgreSQL on ${b.name}.` }
  return {
    state: 'no-primary',
    findings: [
      {
        sentence: `${how}${a.isProvedStopped ? `, and gives ${b.name} no answer` : seenBy}.`,
        fix: isStandby(b) ? `Promote ${b.name}.` : `Start PostgreSQL on ${a.name}, or on ${b.name}.`,
      },
      sound,
    ],
  }
}

function unseenFindings(...hosts: readonly HostSight[]): Finding[] {
  return hosts.map((host) => {
    const why = host.serverWhy ?? host.machineWhy
    if (host.isProvedStopped)
      return {
        sentence: `PostgreSQL on ${host.name} is not running.`,
        fix: `Start PostgreSQL on ${host.name}.`,
      }
    return why
      ? { sentence: `Understudy does not see ${host.name}: ${why.message}`, fix: why.fix }
      : { sentence: `${host.name} is seen${host.server?.inRecovery ? ', as a standby' : ''}.`, fix: '' }
  })
}
