import { isOwn } from '@/lib/domain/adopt/adoption'
import { isStale } from '@/lib/domain/directory-freshness'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatPercent } from '@/lib/domain/format-percent'
import { directoryFailuresMax } from '@/lib/domain/limits'
import { positionAt } from '@/lib/domain/lsn-history'
import type { DirectoryFacts, DirectoryRun, MachineFacts } from '@/lib/domain/observation'
import type { DirectorySetting } from '@/lib/domain/pair'
import { isPausing } from '@/lib/domain/pause'
import { outcomeOf } from '@/lib/domain/run-outcome'
import type { HostSight } from '@/lib/domain/sight'
import type { Finding, Ground } from '@/lib/domain/verdict-ground'
import { observedFindings } from '@/lib/domain/verdict-observed'
import { isReplayPaused, pauseFindings } from '@/lib/domain/verdict-pause'
import { verifiedFindings } from '@/lib/domain/verdict-verified'

/** How far back the standby's pace is measured. */
const paceWindowMs = 10_000

/** Everything that is outside its limit while the standby streams, the most important first. Empty: `protected`. */
export function listOutsideLimits(ground: Ground): Finding[] {
  return [
    ...observedFindings(ground),
    ...pauseFindings(ground),
    ...unseenFindings(ground),
    ...lagFindings(ground),
    ...fileFindings(ground),
    ...inventoryFindings(ground),
    ...clockFindings(ground),
    ...diskFindings(ground),
    ...applicationFindings(ground),
  ]
}

/** Only the files' part: for pairs that protect no database. */
export const listFileFindings = (ground: Ground): Finding[] => [
  ...pauseFindings(ground),
  ...unseenFindings(ground),
  ...fileRoleFindings(ground),
  ...fileFindings(ground),
  ...inventoryFindings(ground),
  ...clockFindings(ground),
  ...applicationFindings(ground),
]

/** The runner copies only where its own host says that it is the standby. */
function fileRoleFindings({ b }: Ground): Finding[] {
  if (!b.machine || b.machine.fileRole === 'standby') return []
  const says = b.machine.fileRole ? `that it is the ${b.machine.fileRole}` : 'nothing of its role'
  return [
    {
      sentence: `${b.name} says ${says}, so that no directory is copied to it.`,
      fix: `Find out who changed the file file-role in the pair’s state directory on ${b.name}.`,
    },
  ]
}

function unseenFindings(ground: Ground): Finding[] {
  const { a, b, pair } = ground
  const needsServer = pair.scope.database
  return [a, b].flatMap((host): Finding[] => {
    const why = (needsServer && !host.server && host.serverWhy) || (!host.machine && host.machineWhy)
    return why
      ? [{ sentence: `Understudy does not see ${host.name} fully: ${why.message}`, fix: why.fix }]
      : []
  })
}

export const isBehindLimit = ({ lag, limits }: Ground): boolean =>
  (lag.replay.seconds ?? 0) > limits.replayLagSeconds

/** Whether the backlog of replay has become smaller lately; true too while the pace can't be measured yet. */
export function isClosingIn({ history, nowMs, lag }: Ground): boolean {
  const before = nowMs - paceWindowMs
  const primaryThen = positionAt(history.primary, before)
  const replayThen = positionAt(history.replay, before)
  if (primaryThen === null || replayThen === null || lag.replay.bytes === null) return true
  return lag.replay.bytes < primaryThen - replayThen
}

/** A replay that is paused is behind because it is. */
function lagFindings(ground: Ground): Finding[] {
  const { b, lag, limits } = ground
  if (isReplayPaused(ground) || !isBehindLimit(ground)) return []
  const behind = formatDuration(lag.replay.seconds ?? 0)
  return [
    {
      sentence: `Replay on ${b.name} is ${behind} behind, over the limit of ${formatDuration(limits.replayLagSeconds)}.`,
      fix: `Look for long queries or slow disks on ${b.name}.`,
    },
  ]
}

function fileFindings(ground: Ground): Finding[] {
  const { pair, b } = ground
  if (!pair.scope.files || pair.settings.directories.length === 0 || !b.machine) return []
  // What somebody else's jobs did is not told by our runner's records.
  if (!isOwn(pair, 'files')) return []
  const machine = b.machine
  const findings: Finding[] = []
  if (!machine.cronRunning)
    findings.push({
      sentence: `cron is not running on ${b.name}: no directory is copied.`,
      fix: `Start cron on ${b.name}: systemctl start cron.`,
    })
  if (!machine.syncScheduled && !isPausing(pair.pause, 'sync'))
    findings.push({
      sentence: `The schedule of the directories is missing on ${b.name}.`,
      fix: `Install the schedule on ${b.name} again.`,
    })
  for (const setting of pair.settings.directories) {
    const finding = directoryFinding(ground, machine, setting)
    if (finding) findings.push(finding)
  }
  return [...findings, ...verifiedFindings(ground)]
}

function directoryFinding(ground: Ground, machine: MachineFacts, setting: DirectorySetting): Finding | null {
  const facts = machine.directories.find(({ id }) => id === setting.id) ?? null
  const fix = fixOf(
    facts?.lastRun ?? null,
    `Read the log of ${setting.title} (${setting.log}) on ${ground.b.name}.`,
  )
  if (!facts?.lastGoodRun) return { sentence: `${setting.title} has never been copied.`, fix }
  if (facts.failuresSinceGood > directoryFailuresMax)
    return {
      sentence: `${setting.title} failed ${facts.failuresSinceGood} times in a row${because(facts)}.`,
      fix,
    }
  const host = { nowMs: ground.nowMs + machine.clockOffsetMs, timeZone: machine.timeZone }
  if (isPausing(ground.pair.pause, 'sync') || !isStale(setting, facts, host)) return null
  const age = formatDuration((host.nowMs - Date.parse(facts.lastGoodRun.startedAt)) / 1000)
  return {
    sentence: `${setting.title} was last copied ${age} ago, longer than its schedule allows${because(facts)}.`,
    fix,
  }
}

/** What to do by what the last run came to, and where it stands in full. */
const fixOf = (lastRun: DirectoryRun | null, log: string): string =>
  [lastRun ? outcomeOf(lastRun).fix : '', log].filter(Boolean).join(' ')

function because({ lastRun }: DirectoryFacts): string {
  return lastRun && lastRun.result !== 'ok' && lastRun.reason ? `: ${lastRun.reason.replace(/\.$/, '')}` : ''
}

/** What can't be read any more may be outside its limit for as long. */
function inventoryFindings({ a, b, nowMs }: Ground): Finding[] {
  return [a, b].flatMap(({ name, machine }): Finding[] => {
    if (!machine?.inventoryFailure) return []
    const { message, fix } = machine.inventoryFailure
    const age = formatDuration((nowMs - Date.parse(machine.inventoryAt)) / 1000)
    return [
      {
        sentence: `Disk, application and clock of ${name} have not been read for ${age}: ${message}`,
        fix,
      },
    ]
  })
}

function clockFindings({ a, b, limits }: Ground): Finding[] {
  if (!a.machine || !b.machine) return []
  const differenceMs = a.machine.clockOffsetMs - b.machine.clockOffsetMs
  const surelyMs = Math.abs(differenceMs) - a.machine.clockErrorMs - b.machine.clockErrorMs
  if (surelyMs <= limits.clockDifferenceMs) return []
  const [ahead, behind] = differenceMs > 0 ? [a, b] : [b, a]
  return [
    {
      sentence: `The clock of ${ahead.name} is ${formatDuration(Math.abs(differenceMs) / 1000)} ahead of that of ${behind.name}.`,
      fix: `Synchronise the clocks of ${a.name} and ${b.name}, for example with chrony.`,
    },
  ]
}

function diskFindings({ a, b, limits }: Ground): Finding[] {
  return [a, b].flatMap((host: HostSight): Finding[] => {
    const { dataDiskFreeBytes: free = null, dataDiskTotalBytes: total = null } = host.machine ?? {}
    if (free === null || total === null || total === 0) return []
    if ((100 * free) / total >= limits.diskFreePercent) return []
    return [
      {
        sentence: `The data directory’s disk on ${host.name} has only ${formatPercent(free, total)} left.`,
        fix: `Make room on ${host.name} before PostgreSQL stops for want of it.`,
      },
    ]
  })
}

function applicationFindings({ a, b }: Ground): Finding[] {
  const findings: Finding[] = []
  if (b.machine?.applicationActive)
    findings.push({
      sentence: `The application runs on ${b.name}, which is the standby.`,
      fix: `Stop the application on ${b.name}.`,
    })
  const [one, other] = [a.machine?.applicationVersion, b.machine?.applicationVersion]
  if (one && other && one !== other)
    findings.push({
      sentence: `The application is version ${one} on ${a.name} and ${other} on ${b.name}.`,
      fix: `Bring the application on ${b.name} to version ${one}.`,
    })
  return findings
}
