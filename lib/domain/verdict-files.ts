import { type HostSight, isDownCode } from '@/lib/domain/sight'
import type { Finding, Ground } from '@/lib/domain/verdict-ground'
import { listFileFindings } from '@/lib/domain/verdict-limits'
import type { Decision } from '@/lib/domain/verdict-standby'

/**
 * The state of a pair without a database. No PostgreSQL says who is primary: each host says it itself (`fileRole`), and whether a
 * host is there is told by its sshd, to us and to the other host.
 */
export function judgeFilesOnly(ground: Ground): Decision {
  const { a, b, pair } = ground
  if (isPrimary(a) && isPrimary(b)) return bothPrimary(ground)
  if (pair.formerPrimary !== 'none') return leftBehind(ground)
  if (isDownFromBothSides(a, b)) return noPrimary(ground)
  if (!b.machine || (!a.machine && b.machine.peerSsh !== 'accepting'))
    return { state: 'unknown', findings: [a, b].map(sightOf) }
  const findings = listFileFindings(ground)
  if (findings.length) return { state: 'degraded', findings }
  return {
    state: 'protected',
    findings: [{ sentence: 'Every directory is within its schedule.', fix: '' }],
  }
}

const isPrimary = ({ machine }: HostSight): boolean => machine?.fileRole === 'primary'

/** Down for us, and silent to the other host too: one side alone may be cut off. */
const isDownFromBothSides = (host: HostSight, observer: HostSight): boolean =>
  host.machine === null &&
  host.machineWhy !== null &&
  isDownCode(host.machineWhy.code) &&
  observer.machine?.peerSsh === 'no-response'

function bothPrimary({ a, b, pair }: Ground): Decision {
  return {
    state: 'two-primaries',
    findings: [
      {
        sentence: `Both ${a.name} and ${b.name} say that they are the primary of the files.`,
        fix:
          pair.formerPrimary !== 'none'
            ? `Fence ${b.name}: it was the primary before ${a.name} was promoted, and has come back.`
            : `Fence the host that must not be primary: say which. ${a.name} is the one expected as primary.`,
      },
    ],
  }
}

function leftBehind({ a, b, pair }: Ground): Decision {
  const how =
    pair.formerPrimary === 'fenced'
      ? `${b.name}, the former primary, is fenced`
      : b.machine
        ? `${b.name}, the former primary, is back`
        : `${b.name}, the former primary, is not seen and is watched for its return`
  return {
    state: 'unprotected',
    findings: [
      {
        sentence: `${a.name} is the primary of the files; ${how}.`,
        fix:
          pair.formerPrimary === 'watched' && b.machine
            ? `Fence ${b.name}, so that its application can’t be used.`
            : `Make ${b.name} a standby again.`,
      },
      ...(a.machine ? [] : [sightOf(a)]),
    ],
  }
}

function noPrimary({ a, b, loss }: Ground): Decision {
  return {
    state: 'no-primary',
    findings: [
      {
        sentence: `${a.name} does not answer, neither to Understudy nor to ${b.name}.`,
        fix: `Promote ${b.name}.`,
      },
      { sentence: loss.sentence, fix: '' },
    ],
  }
}

function sightOf({ name, machine, machineWhy }: HostSight): Finding {
  return machine || !machineWhy
    ? { sentence: `${name} is seen.`, fix: '' }
    : { sentence: `Understudy does not see ${name}: ${machineWhy.message}`, fix: machineWhy.fix }
}
