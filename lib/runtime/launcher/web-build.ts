import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { access, cp, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@/lib/errors'
import { type LockHeld, lockNameOf, tryLock } from '@/lib/runtime/exclusive-lock'

/** What the web process is built from. */
const sources = [
  'app',
  'components',
  'lib',
  'public',
  'instrumentation.ts',
  'proxy.ts',
  'next.config.js',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
]

export const standaloneServer = (rootDirectory: string): string =>
  join(rootDirectory, '.next', 'standalone', 'server.js')

const markerOf = (rootDirectory: string): string => join(rootDirectory, '.next', 'understudy-build')

/** SHA-256 over names and contents of all sources but tests. */
async function hashSources(rootDirectory: string): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const file of await listSources(rootDirectory)) {
    hash.update(`${file}\0`).update(await readFile(join(rootDirectory, file)))
  }
  return hash.digest('hex')
}

async function listSources(rootDirectory: string): Promise<readonly string[]> {
  const found = await Promise.all(
    sources.map(async (source) => {
      const kind = await kindOf(join(rootDirectory, source))
      if (kind === 'absent') return []
      if (kind === 'file') return [source]
      const entries = await readdir(join(rootDirectory, source), { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(rootDirectory.length + 1))
    }),
  )
  return found.flat().sort()
}

const kindOf = (path: string): Promise<'file' | 'directory' | 'absent'> =>
  stat(path).then(
    (found) => (found.isDirectory() ? 'directory' : 'file'),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return 'absent'
      throw error
    },
  )

const isCurrent = async (rootDirectory: string, hash: string): Promise<boolean> =>
  (await kindOf(standaloneServer(rootDirectory))) === 'file' &&
  (await kindOf(markerOf(rootDirectory))) === 'file' &&
  (await readFile(markerOf(rootDirectory), 'utf8')) === hash

export type BuildOptions = {
  readonly rootDirectory: string
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Builds the pages unless they were built from exactly these sources. Of several starts at once one builds, the others
 * wait for it. Throws INTERNAL with the end of the output in `detail`, STORE_FULL on a full disk, PRECONDITION_FAILED where
 * it may not write, CANCELLED.
 */
export async function ensureWebBuild({ rootDirectory, say, signal }: BuildOptions): Promise<void> {
  const hash = await hashSources(rootDirectory)
  if (await isCurrent(rootDirectory, hash)) return
  await verifyWritable(rootDirectory)
  const lock = await waitForLock(rootDirectory, signal)
  try {
    if (await isCurrent(rootDirectory, hash)) return
    say('Building the pages; this takes about a minute and is done once for each version …')
    await rm(markerOf(rootDirectory), { force: true })
    await runBuild(rootDirectory, signal)
    await completeStandalone(rootDirectory)
    await writeFile(markerOf(rootDirectory), hash)
  } finally {
    await lock.release()
  }
}

async function verifyWritable(rootDirectory: string): Promise<void> {
  const output = join(rootDirectory, '.next')
  const place = (await kindOf(output)) === 'directory' ? output : rootDirectory
  await access(place, constants.W_OK).catch((cause: unknown) => {
    throw new AppError(
      'PRECONDITION_FAILED',
      `The pages have to be built, and ${place} cannot be written to.`,
      {
        fix: 'Start once as the user that the folder belongs to, or give it to this user.',
        cause,
      },
    )
  })
}

async function waitForLock(rootDirectory: string, signal: AbortSignal) {
  const name = `build/${await lockNameOf(rootDirectory)}`
  for (;;) {
    const lock: Awaited<ReturnType<typeof tryLock>> | LockHeld<unknown> = await tryLock(name, process.pid)
    if (!('held' in lock)) return lock
    if (signal.aborted) throw cancelled()
    await pause(200)
  }
}

const fullBelowBytes = 16 * 1024 ** 2

const cancelled = () => new AppError('CANCELLED', 'Stopped while the pages were being built.')

async function runBuild(rootDirectory: string, signal: AbortSignal): Promise<void> {
  const next = join(rootDirectory, 'node_modules', 'next', 'dist', 'bin', 'next')
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: rootDirectory,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000)
    })
  const stop = () => {
    // Its workers are in its group.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  signal.addEventListener('abort', stop, { once: true })
  const [code] = await once(child, 'close')
  signal.removeEventListener('abort', stop)
  if (signal.aborted) throw cancelled()
  if (code === 0) return
  const { bavail, bsize } = await statfs(rootDirectory)
  if (bavail * bsize < fullBelowBytes)
    throw new AppError('STORE_FULL', `There is no room to build the pages in ${rootDirectory}.`, {
      fix: 'Make room on its file system.',
    })
  throw new AppError('INTERNAL', 'The pages could not be built.', {
    fix: 'Run npx next build to see why.',
    detail: output,
  })
}

/** `next build` leaves what browsers load out of the standalone folder. */
async function completeStandalone(rootDirectory: string): Promise<void> {
  const standalone = join(rootDirectory, '.next', 'standalone')
  await cp(join(rootDirectory, '.next', 'static'), join(standalone, '.next', 'static'), { recursive: true })
  if ((await kindOf(join(rootDirectory, 'public'))) === 'directory')
    await cp(join(rootDirectory, 'public'), join(standalone, 'public'), { recursive: true })
}
