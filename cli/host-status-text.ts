import { isStreamingTo, standbySetTo, vaultSyncConfigured } from '@/lib/domain/configured'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatFullInstant } from '@/lib/domain/format-instant'
import { lastUpdatedAt } from '@/lib/domain/last-update'
import type { HostObservation, MachineFacts, Seen, ServerFacts } from '@/lib/domain/observation'
import { otherRole, type Role } from '@/lib/domain/pair'
import { slotWords } from '@/lib/domain/slot-words'
import type { PairView } from '@/lib/domain/views'

type Look = { readonly role: Role; readonly view: PairView; readonly host: HostObservation | null }
type Line = readonly [label: string, value: (look: Look) => string]

const yesNo = (is: boolean | null, yes: string, no: string) => (is === null ? 'unknown' : is ? yes : no)

/** A value of seen facts; why it isn't known stands in a line of its own. */
const read = <T>(seen: Seen<T> | undefined, value: (facts: T) => string): string =>
  seen?.seen ? value(seen.value) : 'unknown'
const server =
  (value: (facts: ServerFacts, look: Look) => string) =>
  (look: Look): string =>
    read(look.host?.server, (facts) => value(facts, look))
const machine =
  (value: (facts: MachineFacts, look: Look) => string) =>
  (look: Look): string =>
    read(look.host?.machine, (facts) => value(facts, look))

const hostOwnLines: readonly Line[] = [
  ['Address', ({ role, view }) => view.hosts[role].address],
  ['Looks like', looksLike],
  ['Application version', machine(({ applicationVersion }) => applicationVersion ?? 'unknown')],
  ['Application', machine(({ applicationActive }) => yesNo(applicationActive, 'running', 'stopped'))],
]

const databaseLines: readonly Line[] = [
  ['PostgreSQL', server(({ version }) => version)],
  ['Timeline', server(({ timeline }) => String(timeline))],
  ['Position', server(positionText)],
  ['Replication with', server(partnerText)],
  ['Currently streaming', server(streamingText)],
  ['DB last updated', server(lastUpdatedText)],
  ['WAL segments in use', server(({ walSegmentsInUse }) => String(walSegmentsInUse))],
  ['WAL segments configured', server(({ walSegmentsConfigured }) => String(walSegmentsConfigured))],
  ['Replication slot', server(slotWords)],
]

const fileLines: readonly Line[] = [
  ['Vault sync', ({ role, view }) => (role === 'primary' ? configured(vaultSyncConfigured(view)) : '–')],
  [
    'rsync',
    (look) =>
      look.role === 'standby' ? machine(({ syncScheduled }) => configured(syncScheduled))(look) : '–',
  ],
  ['Data disk free', machine(diskText)],
  ['Clock', machine(clockText)],
  ['Application, disk, clock', machine(({ inventoryAt }) => `as of ${formatFullInstant(inventoryAt)}`)],
]

/** One column a host: every fact of the seed's status and what an operator asks next. */
export function hostLines(view: PairView, roles: readonly Role[]): string[][] {
  const hasDatabase = view.pair.scope.database
  const looks = roles.map((role) => ({ role, view, host: view.observation?.hosts[role] ?? null }))
  return [
    ['', ...roles.map((role) => `${role} ${view.hosts[role].name}`)],
    ...[...hostOwnLines, ...(hasDatabase ? databaseLines : []), ...fileLines].map(([label, value]) => [
      label,
      ...looks.map(value),
    ]),
    ...whyUnseen('Not seen over SSH', looks, (host) => host.machine),
    ...(hasDatabase ? whyUnseen('PostgreSQL not seen', looks, (host) => host.server) : []),
  ]
}

function whyUnseen(
  label: string,
  looks: readonly Look[],
  of: (host: HostObservation) => Seen<unknown>,
): string[][] {
  const why = looks.map(({ host }) => {
    const seen = host && of(host)
    return seen && !seen.seen ? seen.why.message : ''
  })
  return why.some((text) => text !== '') ? [[label, ...why]] : []
}

function looksLike({ view, host }: Look): string {
  if (!view.pair.isPaired) return 'not yet configured'
  if (!host) return 'unknown'
  if (!view.pair.scope.database) return host.machine.seen ? fileRoleText(host.machine.value) : 'unknown'
  if (host.server.seen) return host.server.value.inRecovery ? 'Standby' : 'Primary'
  return host.server.why.code === 'POSTGRES_DOWN' ? 'stopped' : 'unknown'
}

const fileRoleText = ({ fileRole }: MachineFacts): string => {
  if (fileRole === null) return 'unknown: the host says nothing of its role'
  return { primary: 'Primary', standby: 'Standby', former: 'Former primary' }[fileRole]
}

function positionText({ inRecovery, currentLsn, receivedLsn, replayedLsn }: ServerFacts): string {
  if (!inRecovery) return currentLsn ?? 'unknown'
  return `received ${receivedLsn ?? 'nothing'}, replayed ${replayedLsn ?? 'nothing'}`
}

function partnerText({ inRecovery, receiver }: ServerFacts, { role, view }: Look): string {
  if (inRecovery) return receiver?.senderHost ?? 'nobody'
  const setTo = standbySetTo(view, role)
  return setTo === null ? 'nobody' : `standby ${setTo}`
}

function streamingText(facts: ServerFacts, { role, view }: Look): string {
  const { inRecovery, receiver } = facts
  if (inRecovery) return receiver?.status === 'streaming' ? 'yes' : 'no'
  return isStreamingTo(facts, view.hosts[otherRole(role)].address) ? 'yes' : 'no'
}

function lastUpdatedText({ inRecovery }: ServerFacts, { role, view }: Look): string {
  if (!inRecovery) return 'now: it accepts writes'
  const at = lastUpdatedAt(view, role)
  return at === null ? 'unknown' : formatFullInstant(at)
}

const configured = (is: boolean | null): string => yesNo(is, 'configured', 'not configured')

function diskText({ dataDiskFreeBytes: free, dataDiskTotalBytes: total }: MachineFacts): string {
  if (free === null) return 'unknown'
  return total === null ? formatBytes(free) : `${formatBytes(free)} of ${formatBytes(total)}`
}

function clockText({ clockOffsetMs, clockErrorMs, timeZone }: MachineFacts): string {
  const sign = clockOffsetMs < 0 ? '−' : '+'
  return `${sign}${Math.abs(Math.round(clockOffsetMs))} ms (±${Math.ceil(clockErrorMs)} ms), ${timeZone}`
}
