import { describeSchedule } from '@/lib/domain/describe-schedule'
import { isStale } from '@/lib/domain/directory-freshness'
import { nextRunMs } from '@/lib/domain/next-run'
import type { Observation } from '@/lib/domain/observation'
import type { DirectorySetting } from '@/lib/domain/pair'
import type { DirectoryView } from '@/lib/domain/views'

/**
 * What of each directory a page can't tell from the facts alone without the libraries that read cron: the schedule in
 * words, when it has its next turn, and whether the last good run is older than it allows (`lib/domain/directory-freshness.ts`). While the sync is paused nothing
 * is late.
 */
export function viewDirectories(
  settings: readonly DirectorySetting[],
  observation: Observation | null,
  isPaused = false,
): readonly DirectoryView[] {
  const machine = observation?.hosts.standby.machine
  return settings.map((setting) => {
    const scheduleWords = `${describeSchedule(setting.schedule)}${isPaused ? ', paused' : ''}`
    if (!observation || !machine?.seen)
      return { id: setting.id, scheduleWords, isStale: false, nextRunAt: null }
    const facts = machine.value.directories.find(({ id }) => id === setting.id)
    const host = {
      nowMs: Date.parse(observation.at) + machine.value.clockOffsetMs,
      timeZone: machine.value.timeZone,
    }
    const isScheduled = !isPaused && machine.value.syncScheduled && machine.value.cronRunning
    const nextMs = isScheduled ? nextRunMs(setting.schedule, host) : null
    return {
      id: setting.id,
      scheduleWords,
      isStale: !isPaused && facts !== undefined && isStale(setting, facts, host),
      nextRunAt: nextMs === null ? null : new Date(nextMs - machine.value.clockOffsetMs).toISOString(),
    }
  })
}
