import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/lib/errors'
import type { PostgresBinaries } from '@/lib/runtime/embedded-postgres/postgres-binaries'
import type { ServiceUser } from '@/lib/runtime/embedded-postgres/service-user'

/** The server's programs take 60 MB, a new cluster as much; below `start` even a start is not tried. */
const neededBytes = { create: 250 * 1024 ** 2, start: 48 * 1024 ** 2 }
const draftPrefix = 'new-'
const createTimeoutMs = 120_000

/** Throws STORE_FULL when the file system of `directory` has too little room to create or to start a cluster. */
export async function verifyFreeSpace(directory: string, what: keyof typeof neededBytes): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  const freeMb = Math.floor((bavail * bsize) / 1024 ** 2)
  const neededMb = neededBytes[what] / 1024 ** 2
  if (freeMb < neededMb)
    throw new AppError('STORE_FULL', `The file system of ${directory} has ${freeMb} MB left.`, {
      fix: `Understudy’s own database needs ${neededMb} MB free: make room, or choose another data directory with --data-dir.`,
    })
}

/** Whether there is a cluster in the server's own directory. */
export const isCreated = (home: string): Promise<boolean> =>
  stat(join(home, 'data')).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

export type ClusterOptions = {
  /** The server's own directory; the cluster is `data` in it. */
  readonly home: string
  readonly binaries: PostgresBinaries
  readonly user: ServiceUser | null
  readonly signal: AbortSignal
}

/**
 * Makes `<home>/data` unless it is there. It is built beside its place and renamed when all is done, so a creation that
 * was killed leaves nothing that looks like a cluster; what it left is removed. Throws STORE_FULL, STORE_UNAVAILABLE,
 * PRECONDITION_FAILED (made by another major version), CANCELLED.
 */
export async function ensureCluster({ home, binaries, user, signal }: ClusterOptions): Promise<string> {
  const cluster = join(home, 'data')
  await mkdir(home, { recursive: true, mode: 0o700 })
  if (user) await chown(home, user.uid, user.gid)
  for (const left of (await readdir(home)).filter((name) => name.startsWith(draftPrefix)))
    await rm(join(home, left), { recursive: true, force: true })
  if (await isCreated(home)) {
    await verifyMajor(cluster, binaries)
    return cluster
  }
  await verifyFreeSpace(home, 'create')
  const draft = await mkdtemp(join(home, draftPrefix))
  try {
    if (user) await chown(draft, user.uid, user.gid)
    await initialise(draft, { home, binaries, user, signal })
    await rename(draft, cluster)
    await syncDirectory(home)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    await verifyFreeSpace(home, 'start')
    throw error
  }
  return cluster
}

async function verifyMajor(cluster: string, binaries: PostgresBinaries): Promise<void> {
  const major = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
  if (major !== binaries.major)
    throw new AppError(
      'PRECONDITION_FAILED',
      `The store in ${cluster} was made by PostgreSQL ${major}; this version of Understudy brings ${binaries.major}.`,
      {
        fix: 'Start the version of Understudy that made it, or move the data directory aside and begin anew.',
      },
    )
}

async function initialise(draft: string, options: ClusterOptions): Promise<void> {
  const { initdb, postgres } = options.binaries
  const choices = ['-U', 'understudy', '-A', 'trust', '--no-locale', '-E', 'UTF8', '--data-checksums']
  await run(initdb, ['-D', draft, ...choices, '--no-instructions'], '', options)
  // Single-user mode: a database is made without a socket, and its end is a clean shutdown.
  await run(postgres, ['--single', '-D', draft, 'postgres'], 'create database understudy\n', options)
}

async function run(
  program: string,
  args: readonly string[],
  input: string,
  { home, user, signal }: ClusterOptions,
): Promise<void> {
  const logFile = join(home, 'create.log')
  const log = await open(logFile, 'a', 0o600)
  try {
    const child = spawn(program, args, {
      ...(user && { uid: user.uid, gid: user.gid }),
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
      stdio: ['pipe', log.fd, log.fd],
      // Ctrl-C reaches us alone; initdb's own children are in its group.
      detached: true,
    })
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    }
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(createTimeoutMs)])
    bounded.addEventListener('abort', end, { once: true })
    // The program may end before it has read its input; its exit code says why.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    const [code, killedBy] = await once(child, 'close')
    bounded.removeEventListener('abort', end)
    if (signal.aborted) throw new AppError('CANCELLED', 'Stopped while the store was being created.')
    if (code !== 0)
      throw new AppError('STORE_UNAVAILABLE', 'Understudy’s own database could not be created.', {
        fix: `Its log says why: ${logFile}`,
        detail: `${program} ended with ${code ?? killedBy}`,
      })
  } finally {
    await log.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
