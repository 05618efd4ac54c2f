import { hostLines } from '@/cli/host-status-text'
import { textTable } from '@/cli/text-table'
import { directoryAgeSeconds } from '@/lib/domain/directory-freshness'
import { drillOutcomeWords, recoveryWords } from '@/lib/domain/drill'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { Distance } from '@/lib/domain/lag'
import { leftOutWords } from '@/lib/domain/left-out'
import type { DirectoryFacts, Instant } from '@/lib/domain/observation'
import type { DirectorySetting, Role } from '@/lib/domain/pair'
import { stateTable } from '@/lib/domain/states'
import type { Readiness, Verdict } from '@/lib/domain/verdict'
import { verifiedPercent, verifiedShare } from '@/lib/domain/verified-share'
import type { PairView } from '@/lib/domain/views'

const roles = ['primary', 'standby'] as const

/** A pair for people: its verdict, both hosts side by side (or one), and its directories. */
export function pairStatusText(view: PairView, now: Date, only: Role | null = null): string {
  const shown = only === null ? roles : [only]
  return [
    textTable(verdictLines(view, now)),
    textTable(hostLines(view, shown)),
    ...(only === 'primary' || view.pair.settings.directories.length === 0
      ? []
      : [textTable(directoryLines(view, now))]),
  ].join('\n\n')
}

function verdictLines(
  { pair, profileTitle, profileProblem, leftOut, verdict, observation, operation, drills }: PairView,
  now: Date,
): string[][] {
  const ago = (at: string) => formatDuration((now.getTime() - Date.parse(at)) / 1000)
  const head = ['Pair', `${pair.slug} (${profileTitle})`]
  if (!verdict)
    return profileProblem
      ? [head, ['State', `Unknown: ${profileProblem.message}`], ['Next', profileProblem.fix]]
      : [head, ['State', 'Unknown: nobody has looked at the hosts yet.']]
  return [
    head,
    [
      'State',
      `${stateTable[verdict.state].title} since ${formatFullInstant(verdict.since)} (${ago(verdict.since)})`,
    ],
    ...verdict.reasons.map((reason) => ['', reason]),
    ['Next', verdict.nextAction.sentence],
    ['Failover', readinessText(verdict.readyForFailover)],
    ['Switchover', readinessText(verdict.readyForSwitchover)],
    ['Loss now', verdict.loss.sentence],
    ...(leftOut.length > 0 ? [['Left out', leftOutWords(leftOut)]] : []),
    ...(pair.scope.database
      ? [
          ['Receive lag', lagText(verdict, verdict.lag.receive)],
          ['Replay lag', lagText(verdict, verdict.lag.replay)],
        ]
      : []),
    ...(operation
      ? [['Operation', `${operation.kind}, ${operation.state}, by ${operation.startedBy}: ${operation.id}`]]
      : []),
    ...(pair.isPaired && pair.scope.database ? [['Drill', drillText(drills, ago)]] : []),
    ['Looked at', observation ? `${ago(observation.at)} ago` : 'never'],
  ]
}

/** How old the last drill is, and what it showed. */
function drillText({ last, schedule }: PairView['drills'], ago: (at: string) => string): string {
  const next = schedule?.nextAt ?? null
  const took =
    last === null || last.recoveryMs === null
      ? ''
      : `, its copy took a row ${recoveryWords(last.recoveryMs)} after its start`
  return [
    last === null
      ? 'none yet'
      : `${drillOutcomeWords[last.outcome]}, begun ${ago(last.startedAt)} ago${took}`,
    ...(next === null ? [] : [`next by itself ${formatFullInstant(next, { precision: 'minutes' })}`]),
  ].join('; ')
}

const readinessText = (readiness: Readiness): string =>
  readiness.ready ? 'ready' : `not ready: ${readiness.reasons.join(' ')}`

function lagText({ lag }: Verdict, { bytes, seconds }: Distance): string {
  if (bytes === null && seconds === null) return `unknown: ${lag.unknownBecause}`
  const size = bytes === null ? 'unknown size' : formatBytes(bytes)
  return `${size}, ${seconds === null ? 'unknown time' : formatDuration(seconds)}`
}

const directoryHead = [
  'Directory',
  'Schedule',
  'Last good sync',
  'Next run',
  'Files',
  'Bytes',
  'Deleted',
  'Failures',
  'Verified',
  'Log',
]

/** What the standby, which pulls, knows of each directory. */
function directoryLines({ pair, observation, directories }: PairView, now: Date): string[][] {
  const machine = observation?.hosts.standby.machine
  const seen = machine?.seen ? machine.value : null
  const lines = pair.settings.directories.map((setting) =>
    directoryLine(setting, seen?.directories.find(({ id }) => id === setting.id) ?? null, {
      isStale: directories.some(({ id, isStale }) => id === setting.id && isStale),
      next: untilText(directories.find(({ id }) => id === setting.id)?.nextRunAt ?? null, now),
      ageSeconds: (facts) => directoryAgeSeconds(facts, now.getTime(), seen?.clockOffsetMs ?? 0),
    }),
  )
  return [directoryHead, ...lines]
}

const untilText = (at: Instant | null, now: Date): string =>
  at === null ? 'none' : `in ${formatDuration((Date.parse(at) - now.getTime()) / 1000)}`

/** How much was compared by checksum, and what that found. */
function verifiedText({ verification }: DirectoryFacts): string {
  const share = verifiedShare(verification)
  if (!verification || !share) return 'never'
  const { differs, suspects } = verification
  return [
    verifiedPercent(share),
    ...(differs > 0 ? [`${differs} DIFFER`] : []),
    ...(suspects > 0 ? [`${suspects} to be looked at again`] : []),
  ].join(', ')
}

function directoryLine(
  { title, schedule, log }: DirectorySetting,
  facts: DirectoryFacts | null,
  age: { isStale: boolean; next: string; ageSeconds: (facts: DirectoryFacts) => number | null },
): string[] {
  if (!facts) return [title, schedule, 'unknown', '', '', '', '', '', '', log]
  const seconds = age.ageSeconds(facts)
  const good = facts.lastGoodRun
  const last = seconds === null ? 'never' : `${formatDuration(seconds)} ago${age.isStale ? ', STALE' : ''}`
  return [
    title,
    schedule,
    facts.isRunning ? `${last}, running now` : last,
    age.next,
    good ? String(good.files) : '',
    good ? formatBytes(good.bytes) : '',
    good ? String(good.deletions) : '',
    String(facts.failuresSinceGood),
    verifiedText(facts),
    log,
  ]
}
