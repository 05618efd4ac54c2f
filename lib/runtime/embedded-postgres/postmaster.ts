import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export type Postmaster = {
  readonly pid: number
  readonly socketDirectory: string
  /** The server's own word (pid file, line 8): `starting`, `stopping`, `ready`, `standby`. */
  readonly status: string
}

const hasErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)

/** The lines of postmaster.pid: pid, data directory, start, port, socket directory, address, shared memory, status. */
export function parsePostmasterPid(text: string): Postmaster | null {
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  return { pid, socketDirectory: lines[4]?.trim() ?? '', status: lines[7]?.trim() ?? '' }
}

/** Processes of this cluster: the postmaster and its children all work in the data directory (proc(5), `cwd`). */
export async function listClusterProcesses(clusterDirectory: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isSafeInteger(pid) && pid > 0)
  const inside = await Promise.all(
    pids.map(async (pid) => (await workingDirectory(pid)) === clusterDirectory),
  )
  return pids.filter((_, index) => inside[index])
}

async function workingDirectory(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`)
  } catch (error) {
    // Gone, or another user's: not ours in either case.
    if (hasErrno(error, 'ENOENT', 'EACCES', 'EPERM', 'ESRCH')) return null
    throw error
  }
}

/** Whether `pid` is a postmaster of this cluster, and not a process that was given its number later. */
export async function isPostmaster(pid: number, clusterDirectory: string): Promise<boolean> {
  if ((await workingDirectory(pid)) !== clusterDirectory) return false
  try {
    const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
    // Children rename themselves to `postgres: …`.
    return program.endsWith('/postgres')
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'EACCES', 'ESRCH')) return false
    throw error
  }
}

/** What postmaster.pid says, null where there is none. */
export async function readPostmasterPid(clusterDirectory: string): Promise<Postmaster | null> {
  try {
    return parsePostmasterPid(await readFile(join(clusterDirectory, 'postmaster.pid'), 'utf8'))
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return null
    throw error
  }
}

/** The living postmaster of this cluster, null where none runs (a pid file may still be there). */
export async function findPostmaster(clusterDirectory: string): Promise<Postmaster | null> {
  const found = await readPostmasterPid(clusterDirectory)
  return found && (await isPostmaster(found.pid, clusterDirectory)) ? found : null
}
