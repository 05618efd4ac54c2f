import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/lib/errors'
import type { PostgresBinaries } from '@/lib/runtime/embedded-postgres/postgres-binaries'
import type { ServiceUser } from '@/lib/runtime/embedded-postgres/service-user'

/** A new cluster takes about 60 MB; below this even a start is not tried. */
const neededBytes = { create: 200 * 1024 ** 2, start: 48 * 1024 ** 2 }
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

/**
 * Makes `<home>/data` unless it is there. It is built beside its place and renamed when all is done, so a creation that
 * was killed leaves nothing that looks like a cluster; what it left is removed. Throws STORE_FULL, INTERNAL.
 */
export async function ensureCluster(
  home: string,
  binaries: PostgresBinaries,
  user: ServiceUser | null,
): Promise<string> {
  const cluster = join(home, 'data')
  await mkdir(home, { recursive: true, mode: 0o700 })
  if (user) await chown(home, user.uid, user.gid)
  for (const left of (await readdir(home)).filter((name) => name.startsWith(draftPrefix)))
    await rm(join(home, left), { recursive: true, force: true })
  if ((await readdir(home)).includes('data')) {
    await verifyMajor(cluster, binaries)
    return cluster
  }
  await verifyFreeSpace(home, 'create')
  const draft = await mkdtemp(join(home, draftPrefix))
  try {
    if (user) await chown(draft, user.uid, user.gid)
    await initialise(draft, binaries, user)
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

async function initialise(
  draft: string,
  { initdb, postgres }: PostgresBinaries,
  user: ServiceUser | null,
): Promise<void> {
  const options = ['-U', 'understudy', '-A', 'trust', '--no-locale', '-E', 'UTF8', '--data-checksums']
  await run(initdb, ['-D', draft, ...options, '--no-instructions'], '', user)
  // Single-user mode: a database is made without a socket, and its end is a clean shutdown.
  await run(postgres, ['--single', '-D', draft, 'postgres'], 'create database understudy\n', user)
}

function run(
  program: string,
  args: readonly string[],
  input: string,
  user: ServiceUser | null,
): Promise<void> {
  const child = spawn(program, args, {
    ...(user && { uid: user.uid, gid: user.gid }),
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: createTimeoutMs,
    killSignal: 'SIGKILL',
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4_000)
  })
  // The program may end before it has read its input; its exit code says why.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else
        reject(
          new AppError('STORE_UNAVAILABLE', 'Understudy’s own database could not be created.', {
            fix: 'Look into the dashboard’s own log for the time of this message.',
            detail: `${program} ended with ${code ?? signal}: ${stderr}`,
          }),
        )
    })
  })
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
