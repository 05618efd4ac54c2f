import type { Tone } from '@/components/ui/pill'
import { isOwn } from '@/lib/domain/adopt/adoption'
import type { DirectoryFacts, DirectoryRun, Instant } from '@/lib/domain/observation'
import type { DirectorySetting } from '@/lib/domain/pair'
import { type VerifiedShare, verifiedShare } from '@/lib/domain/verified-share'
import type { PairView } from '@/lib/domain/views'

/** One synced directory as the page shows it. */
export type DirectoryState = {
  readonly setting: DirectorySetting
  readonly scheduleWords: string
  /** Null while its facts are not seen. */
  readonly facts: DirectoryFacts | null
  /** Start of the last good run by the dashboard's clock; null when there was none, or it is not known. */
  readonly lastGoodAt: Instant | null
  readonly lastGood: DirectoryRun | null
  readonly failures: number
  /** Null where nothing of it was ever compared by checksum, or that is not seen; `since` by the dashboard's clock. */
  readonly verified: VerifiedShare | null
  /** By the dashboard's clock; null where nothing copies it, or that is not seen. */
  readonly nextRunAt: Instant | null
  readonly word: string
  readonly detail: string
  readonly tone: Tone
  /** When the facts were read. */
  readonly at: Instant | null
}

/** The pair's directories in the order of its settings, as the standby, which pulls them, tells. */
export function directoryStates({ pair, observation, directories }: PairView): readonly DirectoryState[] {
  const machine = observation?.hosts.standby.machine
  return pair.settings.directories.map((setting) => {
    const view = directories.find((each) => each.id === setting.id)
    const known = {
      setting,
      scheduleWords: view?.scheduleWords ?? setting.schedule,
      nextRunAt: isOwn(pair, 'files') ? (view?.nextRunAt ?? null) : null,
    }
    if (!isOwn(pair, 'files')) return { ...known, ...notOurs }
    if (!machine?.seen) return { ...known, ...unseen }
    const facts = machine.value.directories.find((each) => each.id === setting.id) ?? null
    const lastGood = facts?.lastGoodRun ?? null
    return {
      ...known,
      facts,
      lastGood,
      lastGoodAt: lastGood && toDashboardClock(lastGood.startedAt, machine.value.clockOffsetMs),
      failures: facts?.failuresSinceGood ?? 0,
      verified: verifiedOf(facts, machine.value.clockOffsetMs),
      at: machine.at,
      ...describe(facts, view?.isStale ?? false),
    }
  })
}

/** Who copies the directories: after a promotion nobody does, until there is a standby again. */
export function describeSync({ pair, hosts, observation }: PairView): string {
  const count = pair.settings.directories.length
  if (!isOwn(pair, 'files')) return `${count} copied by jobs that are not Understudy’s`
  const machine = observation?.hosts.standby.machine
  if (!machine?.seen) return `${count}, ${hosts.standby.name} is not seen`
  return machine.value.syncScheduled
    ? `${count} pulled by cron on ${hosts.standby.name}`
    : `${count}, nothing on ${hosts.standby.name} copies them`
}

function verifiedOf(facts: DirectoryFacts | null, offsetMs: number): VerifiedShare | null {
  const share = verifiedShare(facts?.verification)
  return share && { ...share, since: toDashboardClock(share.since, offsetMs) }
}

const unseen = {
  facts: null,
  lastGood: null,
  lastGoodAt: null,
  failures: 0,
  verified: null,
  at: null,
  word: 'unknown',
  detail: 'the standby is not seen',
  tone: 'unknown',
} as const

const notOurs = { ...unseen, word: 'not known', detail: 'copied by a job of somebody else’s' } as const

function describe(
  facts: DirectoryFacts | null,
  isStale: boolean,
): Pick<DirectoryState, 'word' | 'detail' | 'tone'> {
  if (!facts) return { word: 'unknown', detail: 'nothing recorded on the standby', tone: 'unknown' }
  if (facts.failuresSinceGood > 0) {
    const times = facts.failuresSinceGood === 1 ? '1 run' : `${facts.failuresSinceGood} runs`
    const exit = facts.lastRun ? `, exit ${facts.lastRun.exitCode}` : ''
    return { word: 'failing', detail: `${times} failed${exit}`, tone: 'warn' }
  }
  if (isStale) return { word: 'stale', detail: 'no run in time', tone: 'warn' }
  const differs = facts.verification?.differs ?? 0
  if (differs > 0)
    return { word: 'differs', detail: differs === 1 ? '1 file' : `${differs} files`, tone: 'warn' }
  if (facts.isRunning) return { word: 'syncing', detail: '', tone: 'busy' }
  if (!facts.lastGoodRun) return { word: 'never synced', detail: '', tone: 'warn' }
  return { word: 'good', detail: '', tone: 'ok' }
}

/** An instant by a host's clock, by the dashboard's. `offsetMs`: host minus dashboard. */
export function toDashboardClock(instant: Instant, offsetMs: number): Instant {
  return new Date(Date.parse(instant) - offsetMs).toISOString()
}
