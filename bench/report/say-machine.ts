import { cpus, loadavg } from 'node:os'

/** What the figures were measured on, one line. */
export function sayMachine(): string {
  const load = loadavg().map((minutes) => minutes.toFixed(2))
  return `${cpus().length} processors (${cpus()[0]?.model}), load over 1, 5 and 15 min: ${load.join(' ')}`
}
