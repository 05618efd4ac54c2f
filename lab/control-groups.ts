import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '@/lab/run-command'

/**
 * Where a host's processes are kept apart from another's. Without groups of their own, `systemd-nspawn --keep-unit` gives all
 * hosts the caller's: then one systemd removes `ssh.service` while another is about to start in it (exit code 219, CGROUP).
 * One directory for each hierarchy that systemd manages: version 2, and `name=systemd` where version 1 is still there
 * (cgroups(7)); at its root, so that every process that takes the host away finds them.
 */
export function controlGroupsOf(machine: string): readonly string[] {
  const mounts = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']
  return mounts
    .filter((mount) => existsSync(join(mount, 'cgroup.procs')))
    .map((mount) => join(mount, `understudy-lab-${machine}`))
}

/** Makes them; does nothing where they are. */
export function ensureControlGroups(machine: string): void {
  for (const group of controlGroupsOf(machine)) mkdirSync(group, { recursive: true })
}

/** Removes them with all below, once no process is left in them. Synchronous, so that it also works while this process exits. */
export function removeControlGroups(machine: string): void {
  for (const group of controlGroupsOf(machine)) if (existsSync(group)) removeTree(group)
}

/** None of one that is gone: systemd within removes what it has not used any more at the same time. */
function groupsBelow(group: string): readonly string[] {
  try {
    const entries = readdirSync(group, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name))
  } catch (error) {
    if (existsSync(group)) throw error
    return []
  }
}

/** A control group goes when it has neither groups nor processes; what was killed may take a moment to leave. */
function removeTree(group: string): void {
  for (const below of groupsBelow(group)) removeTree(below)
  const deadline = Date.now() + 5_000
  for (;;) {
    try {
      rmdirSync(group)
      return
    } catch (error) {
      if (!existsSync(group)) return
      if (Date.now() > deadline) throw new LabError(`the control group ${group} can't be removed: ${error}`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
