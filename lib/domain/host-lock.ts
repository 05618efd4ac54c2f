import { formatDuration } from '@/lib/domain/format-duration'
import type { Instant } from '@/lib/domain/observation'
import type { OperationId } from '@/lib/domain/operation'

/** Who holds a host: stands on the host itself, in a file that a colleague can read. */
export type HostLock = {
  readonly operationId: OperationId
  /** E.g. `create of pair ledger`. */
  readonly what: string
  /** Who started it, as the audit log names them. */
  readonly by: string
  readonly reason: string
  readonly since: Instant
  /** Which dashboard: the id that its store was given once. */
  readonly dashboardId: string
  /** The dashboard's machine and the address that it comes from. */
  readonly from: string
}

const keys = {
  what: 'what',
  by: 'by',
  reason: 'reason',
  since: 'since',
  operationId: 'operation',
  dashboardId: 'dashboard',
  from: 'from',
} as const satisfies Record<keyof HostLock, string>

const names = Object.keys(keys) as (keyof HostLock)[]

/** One line a fact, `key: value`; whatever would break a line becomes a space. */
export const hostLockText = (lock: HostLock): string =>
  names.map((name) => `${keys[name]}: ${lock[name].replace(/\s+/g, ' ').trim()}\n`).join('')

/** Parses `hostLockText`. Null where a line is missing: then nobody can say whose lock it is. */
export function parseHostLock(text: string): HostLock | null {
  const read = (name: keyof HostLock): string | null => {
    const start = `${keys[name]}: `
    const line = text.split('\n').find((candidate) => candidate.startsWith(start))
    return line?.slice(start.length).trim() ?? (text.split('\n').includes(`${keys[name]}:`) ? '' : null)
  }
  const entries = names.map((name) => [name, read(name)] as const)
  return entries.some(([, value]) => value === null) ? null : (Object.fromEntries(entries) as HostLock)
}

/** Who holds the host, in one sentence. `lock` is null where the file on the host can't be understood. */
export function holderSentence(hostName: string, lock: HostLock | null): string {
  if (lock === null) return `${hostName} carries a lock that can’t be read.`
  const why = lock.reason === '' ? '' : `: ${lock.reason.replace(/[.\s]+$/, '')}`
  return `${hostName} is held by the ${lock.what}, started by ${lock.by} at ${lock.since} from ${lock.from}${why}.`
}

/** How often a worker sets the time of a lock anew, as a sign that it is at work on the operation. */
export const signOfLifeMs = 10_000

/** A lock with a younger sign of life is not broken, whatever is typed: five in a row may fail before. Seconds. */
export const aliveSeconds = 60

/**
 * Seconds by which a sign of life may lie ahead of the host's clock and still count. One further ahead tells only that the clock was
 * set back, and must not hold the host until that time comes; whoever is at work gives the next one within `signOfLifeMs`.
 */
export const aheadSeconds = 5

/** Whether the lock's dashboard works on its operation now. `ageSeconds`: of its last sign of life, by the host's own clock. */
export const isAtWork = (ageSeconds: number): boolean =>
  ageSeconds >= -aheadSeconds && ageSeconds < aliveSeconds

/** The last sign of life, in a sentence. */
export const lifeSentence = (ageSeconds: number): string =>
  ageSeconds < -aheadSeconds
    ? 'When its dashboard worked on it last is not known: the clock of the host was set back since.'
    : `Its dashboard worked on it ${formatDuration(Math.max(0, ageSeconds))} ago.`

/** What can be done about a lock that names this dashboard and an operation that its own record does not have. */
export const unknownFix = (hostName: string): string =>
  `The record of this dashboard does not have that operation: it was restored from an older copy, or the pair was forgotten. See that nothing of it runs any more, then break its lock: understudy hosts unlock ${hostName}`

/** What can be done about a host that another operation holds. */
export const heldFix = (hostName: string): string =>
  `Wait for its end, or end it where it was started. Only if that dashboard is gone for ever, break its lock: understudy hosts unlock ${hostName}`

/** What an operator types to break a lock whose dashboard is gone for ever. */
export const breakLockWords = (hostName: string): string => `break the lock of ${hostName}`
