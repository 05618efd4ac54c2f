import { existsSync, readFileSync } from 'node:fs'

/** A process that can't be confused with a later one of the same number. */
export type ProcessIdentity = { readonly pid: number; readonly startTicks: string; readonly bootId: string }

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

/** Field 22 of /proc/PID/stat (proc(5)); null when there is no such process. */
function readStartTicks(pid: number): string | null {
  if (!existsSync(`/proc/${pid}/stat`)) return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    return fields[19] ?? null
  } catch {
    return null // it ended between the two looks
  }
}

export function identifyProcess(pid: number): ProcessIdentity | null {
  const startTicks = readStartTicks(pid)
  return startTicks === null ? null : { pid, startTicks, bootId: bootId() }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && readStartTicks(identity.pid) === identity.startTicks
}
