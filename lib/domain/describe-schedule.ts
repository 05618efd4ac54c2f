import cronstrue from 'cronstrue'

const words = new Map<string, string>()
const wordsMax = 1_000

/** A schedule as a person says it, e.g. `every 5 minutes`; the expression itself where it can't be read. */
export function describeSchedule(schedule: string): string {
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
