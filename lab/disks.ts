import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { directoryOf, readInit, rootOf, unmount, writeIdentity } from '@/lab/host-machine'
import { LabError, run } from '@/lab/run-command'
import type { HostRecord, RunRecord } from '@/lab/run-state'

function verifyOff(record: RunRecord, host: HostRecord): void {
  if (readInit(record, host) !== null) throw new LabError(`${host.name} is on: its disk is not touched`)
}

const savedAt = (record: RunRecord, host: HostRecord, name: string) => {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) throw new LabError(`${name} is no name for a saved disk`)
  return join(directoryOf(record, host), `saved-${name}`)
}

/** Keeps what the host has on its disk now, under a name. The host must be off. */
export async function saveDisk(record: RunRecord, host: HostRecord, name: string): Promise<void> {
  verifyOff(record, host)
  const saved = savedAt(record, host, name)
  rmSync(saved, { recursive: true, force: true })
  // All attributes: overlayfs keeps in them which directories it has moved or emptied.
  await run('cp', ['-a', '--preserve=all', join(directoryOf(record, host), 'upper'), saved])
}

/** Gives the host the disk back that was saved under a name; it must be off, and is mounted at its next boot. */
export async function restoreDisk(record: RunRecord, host: HostRecord, name: string): Promise<void> {
  verifyOff(record, host)
  const saved = savedAt(record, host, name)
  if (!existsSync(saved)) throw new LabError(`no disk of ${host.name} was saved as ${name}`)
  unmount(record, host)
  for (const part of ['upper', 'work'])
    rmSync(join(directoryOf(record, host), part), { recursive: true, force: true })
  await run('cp', ['-a', '--preserve=all', saved, join(directoryOf(record, host), 'upper')])
  mkdirSync(join(directoryOf(record, host), 'work'))
}

/** What an image of a machine carries besides its programs: settings and identity, data, users, logs. */
const imaged = ['etc', 'home', 'root', 'srv', 'var/lib', 'var/log', 'var/spool']

/**
 * Makes `to` what it would be if it had been restored from an image of `from`: the same machine-id, SSH host keys, settings and data;
 * only its name and address are its own. Both must be off and mounted.
 */
export async function cloneDisk(record: RunRecord, from: HostRecord, to: HostRecord): Promise<void> {
  for (const host of [from, to]) verifyOff(record, host)
  for (const path of imaged) {
    rmSync(join(rootOf(record, to), path), { recursive: true, force: true })
    await run('cp', ['-a', join(rootOf(record, from), path), join(rootOf(record, to), path)])
  }
  writeIdentity(record, to)
}
