import cronstrue from 'cronstrue'
import { isStale } from '@/lib/domain/directory-freshness'
import type { Observation } from '@/lib/domain/observation'
import type { DirectorySetting } from '@/lib/domain/pair'
import type { DirectoryView } from '@/lib/domain/views'

/**
 * What of each directory a page can't tell from the facts alone without the libraries that read cron: the schedule in
 * words, and whether the last good run is older than it allows (`lib/domain/directory-freshness.ts`). While the sync is paused nothing
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
    if (!observation || !machine?.seen) return { id: setting.id, scheduleWords, isStale: false }
    const facts = machine.value.directories.find(({ id }) => id === setting.id)
    const host = {
      nowMs: Date.parse(observation.at) + machine.value.clockOffsetMs,
      timeZone: machine.value.timeZone,
    }
    return {
      id: setting.id,
      scheduleWords,
      isStale: !isPaused && facts !== undefined && isStale(setting, facts, host),
    }
  })
}

const words = new Map<string, string>()
const wordsMax = 1_000

/** A schedule as a person says it, e.g. `every 5 minutes`; the expression itself where it can't be read. */
function describeSchedule(schedule: string): string {
  const known = words.get(schedule)
  if (known !== undefined) return known
  let text = schedule
  try {
    text = cronstrue
      .toString(schedule, { use24HourTimeFormat: true })
      .replace(/^[A-Z]/, (letter) => letter.toLowerCase())
  } catch (error) {
    // cronstrue throws a string: the expression then stands for itself.
    if (typeof error !== 'string') throw error
  }
  if (words.size >= wordsMax) words.clear()
  words.set(schedule, text)
  return text
}
