import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, open, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@/lib/errors'
import { ensureCluster, isCreated, verifyFreeSpace } from '@/lib/runtime/embedded-postgres/create-cluster'
import { ensurePostgresBinaries } from '@/lib/runtime/embedded-postgres/postgres-binaries'
import {
  findPostmaster,
  isPostmaster,
  listClusterProcesses,
  readPostmasterPid,
} from '@/lib/runtime/embedded-postgres/postmaster'
import {
  ensureServiceUser,
  type ServiceUser,
  verifyReachable,
} from '@/lib/runtime/embedded-postgres/service-user'
import {
  embeddedConnectionString,
  embeddedPort,
  ensureSocketDirectory,
} from '@/lib/runtime/embedded-postgres/socket-directory'

export type EmbeddedPostgres = {
  readonly connectionString: string
  readonly pid: number
  /** True when a server that a killed start left behind was taken over. */
  readonly attached: boolean
  /** Resolves when the server is gone, by `stop` or by itself. */
  readonly ended: Promise<void>
  /** Fast shutdown (SIGINT); after `graceMs` immediate shutdown (SIGQUIT: recovers at the next start). */
  stop(graceMs?: number): Promise<void>
}

export type EmbeddedPostgresOptions = {
  readonly dataDirectory: string
  /** One line for the operator: what is done that takes time or changes the machine. */
  readonly say: (line: string) => void
  /** Aborts the creation of a new cluster, and the start of one that is there: a server that is not ready yet is stopped. */
  readonly signal?: AbortSignal
  /** More settings, `name=value`; tests only. */
  readonly settings?: readonly string[]
}

const startTimeoutMs = 60_000
const childrenTimeoutMs = 15_000
/** For a server that is stopped before it was ready. */
const unreadyGraceMs = 1_500
const pollMs = 20

/**
 * Starts the embedded server of a data directory, or attaches to the one that a killed start left running. Made on the
 * first start. Listens on a socket in a private directory, on no TCP port; fsync and checksums are on. The server is in
 * a session of its own: Ctrl-C does not reach it, and it outlives this process where that is killed. Throws STORE_FULL,
 * STORE_UNAVAILABLE, PRECONDITION_FAILED, TOOL_MISSING, CANCELLED.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o711 })
  const dataDirectory = await realpath(options.dataDirectory)
  const user = await ensureServiceUser(options.say)
  // Its parent of the server's own directories: passable, never listable.
  if (user) await chmod(dataDirectory, 0o711)
  await verifyReachable(dataDirectory, user)
  const home = join(dataDirectory, 'postgres')
  const signal = options.signal ?? new AbortController().signal
  const attached = await attach(home, { dataDirectory, signal, say: options.say })
  if (attached) return attached

  if (!(await isCreated(home))) await verifyFreeSpace(dataDirectory, 'create')
  const binaries = await ensurePostgresBinaries(dataDirectory)
  const cluster = await ensureCluster({ home, binaries, user, signal })
  await verifyFreeSpace(cluster, 'start')
  await clearRemains(cluster, signal)
  const socketDirectory = await ensureSocketDirectory(dataDirectory, user)
  const child = await launch({ program: binaries.postgres, home, socketDirectory, user, options })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const server = supervised(child.pid ?? 0, ended, dataDirectory, false)
  if (await becomesReady(server, home, signal)) return endWithProcess(server)
  await verifyFreeSpace(home, 'start')
  throw new AppError('STORE_UNAVAILABLE', 'Understudy’s own database did not start.', {
    fix: `Its log says why: ${join(home, 'log')}`,
    detail: await readFile(startLogOf(home), 'utf8'),
  })
}

type Attach = Pick<Required<EmbeddedPostgresOptions>, 'dataDirectory' | 'signal' | 'say'>

/** The server that an earlier start left running; null where there is none, or where it was about to end and is gone. */
async function attach(
  home: string,
  { dataDirectory, signal, say }: Attach,
): Promise<EmbeddedPostgres | null> {
  const cluster = join(home, 'data')
  const running = await findPostmaster(cluster)
  if (!running) return null
  if (running.status === 'stopping') say('The database of the last start is still stopping; waiting for it …')
  const ended = (async () => {
    while (await isPostmaster(running.pid, cluster)) await pause(200, undefined, { ref: false })
  })()
  const server = supervised(running.pid, ended, dataDirectory, true)
  return (await becomesReady(server, home, signal)) ? endWithProcess(server) : null
}

/** Where this process ends at once (a second Ctrl-C) the server is told to stop, which it then does by itself. */
function endWithProcess(server: EmbeddedPostgres): EmbeddedPostgres {
  const tell = () => {
    server.stop().catch(() => undefined)
  }
  process.once('exit', tell)
  server.ended.then(() => process.off('exit', tell))
  return server
}

function supervised(
  pid: number,
  ended: Promise<void>,
  dataDirectory: string,
  attached: boolean,
): EmbeddedPostgres {
  let hasEnded = false
  ended.then(() => {
    hasEnded = true
  })
  const send = (signal: 'SIGINT' | 'SIGQUIT') => {
    // Its number may be another process's by then.
    if (hasEnded) return
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
  return {
    connectionString: embeddedConnectionString(dataDirectory),
    pid,
    attached,
    ended,
    stop: async (graceMs = 3_000) => {
      send('SIGINT')
      const killer = setTimeout(() => send('SIGQUIT'), graceMs)
      // A server that was attached to is no child of this process: nothing else keeps it alive until that one is gone.
      const alive = setInterval(() => undefined, 60_000)
      await ended
      clearTimeout(killer)
      clearInterval(alive)
    },
  }
}

/**
 * After a SIGKILL of the postmaster its children live on for a moment, and a start would refuse; after a crash of the
 * machine the number in postmaster.pid may belong to another process of the same user, and a start would refuse for ever.
 */
async function clearRemains(cluster: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + childrenTimeoutMs
  while ((await listClusterProcesses(cluster)).length > 0) {
    if (signal.aborted) throw cancelled()
    if (Date.now() > deadline)
      throw new AppError('STORE_UNAVAILABLE', 'Processes of an earlier database server do not end.', {
        fix: `End them: ${(await listClusterProcesses(cluster)).join(', ')}.`,
      })
    await pause(pollMs)
  }
  if (await readPostmasterPid(cluster)) await rm(join(cluster, 'postmaster.pid'), { force: true })
}

type Launch = {
  readonly program: string
  readonly home: string
  readonly socketDirectory: string
  readonly user: ServiceUser | null
  readonly options: EmbeddedPostgresOptions
}

async function launch({ program, home, socketDirectory, user, options }: Launch): Promise<ChildProcess> {
  const log = join(home, 'log')
  await mkdir(log, { recursive: true, mode: 0o700 })
  if (user) await chown(log, user.uid, user.gid)
  const settings = [
    'listen_addresses=',
    `port=${embeddedPort}`,
    `unix_socket_directories=${socketDirectory}`,
    'unix_socket_permissions=0700',
    'cluster_name=understudy',
    'max_connections=100',
    'max_wal_senders=0',
    'wal_level=minimal',
    'max_wal_size=256MB',
    'timezone=UTC',
    'log_timezone=UTC',
    // A week of logs, each day's file begun anew.
    'logging_collector=on',
    `log_directory=${log}`,
    'log_filename=postgresql-%a.log',
    'log_rotation_age=1d',
    'log_rotation_size=0',
    'log_truncate_on_rotation=on',
    ...(options.settings ?? []),
  ]
  const startLog = await open(startLogOf(home), 'w', 0o600)
  try {
    const child = spawn(
      program,
      ['-D', join(home, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
      {
        ...(user && { uid: user.uid, gid: user.gid }),
        cwd: '/',
        env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
        stdio: ['ignore', startLog.fd, startLog.fd],
        detached: true,
      },
    )
    await once(child, 'spawn')
    return child
  } finally {
    await startLog.close()
  }
}

const startLogOf = (home: string): string => join(home, 'start.log')

const cancelled = () => new AppError('CANCELLED', 'Stopped while the store was starting.')

/**
 * True once the server says so itself in its pid file (a log is never read for that); false when it ended before. Throws
 * STORE_UNAVAILABLE after a minute, CANCELLED after it was stopped.
 */
async function becomesReady(server: EmbeddedPostgres, home: string, signal: AbortSignal): Promise<boolean> {
  let hasEnded = false
  server.ended.then(() => {
    hasEnded = true
  })
  const deadline = Date.now() + startTimeoutMs
  while (!hasEnded) {
    const found = await readPostmasterPid(join(home, 'data'))
    if (found && found.pid === server.pid && found.status === 'ready') return true
    if (signal.aborted) {
      await server.stop(unreadyGraceMs)
      throw cancelled()
    }
    if (Date.now() > deadline) throw unready(found?.status === 'stopping', home)
    await pause(pollMs)
  }
  return false
}

const unready = (isStopping: boolean, home: string) =>
  isStopping
    ? new AppError('STORE_UNAVAILABLE', 'The database of the last start is still stopping after a minute.', {
        fix: `Its log says what it does: ${join(home, 'log')}. Start again when it has ended.`,
      })
    : new AppError('STORE_UNAVAILABLE', 'Understudy’s own database is not ready after a minute.', {
        fix: `It may still be recovering: its log says so, ${join(home, 'log')}. Start again later.`,
      })
