import { chmod, mkdir } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ensureSetupCode } from '@/lib/auth/setup-code'
import { AppError } from '@/lib/errors'
import { migrateStore } from '@/lib/io/store/migrate'
import { routes } from '@/lib/routes'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import { connectionStringOf, type Environment, toVariables, urlOf } from '@/lib/runtime/environment'
import { type Lock, lockNameOf, tryLock } from '@/lib/runtime/exclusive-lock'
import { superviseDatabase } from '@/lib/runtime/launcher/database'
import { type ChildSpec, superviseChild } from '@/lib/runtime/launcher/supervise-child'
import { ensureWebBuild, standaloneServer } from '@/lib/runtime/launcher/web-build'
import { verifyPortFree } from '@/lib/runtime/port'
import { verifyMasterKey } from '@/lib/runtime/verify-master-key'
import { createWiring } from '@/lib/runtime/wiring'

export type Part = 'db' | 'worker' | 'web'

export type StartOptions = {
  /** Which processes run here; `start` runs all. `db` is left out by itself where DATABASE_URL is set. */
  readonly parts: readonly Part[]
  readonly say: (line: string) => void
  /** Aborted when the operator wants it to stop, during the start too. */
  readonly signal: AbortSignal
}

export type Dashboard = {
  readonly environment: Environment
  /** Where to make the first administrator, with the one-time code; null once there is one, or without `web`. */
  readonly setupUrl: string | null
  /** Ends all within 5 s, the store last. */
  stop(): Promise<void>
}

type Holder = { readonly pid: number; readonly since: string; readonly url: string }
type Stop = () => Promise<void>

const graceMs = { process: 2_500, database: 1_500 }

/**
 * Starts the processes of a dashboard in their order and returns when all do their work. What can be refused is looked at
 * before anything is changed; whatever fails later, what was started is stopped. Throws ALREADY_RUNNING, PORT_TAKEN,
 * PRECONDITION_FAILED, STORE_FULL, STORE_UNAVAILABLE, SECRET_UNREADABLE, TOOL_MISSING, CANCELLED.
 */
export async function startDashboard(given: Environment, options: StartOptions): Promise<Dashboard> {
  const stops: Stop[] = []
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    const environment = await ensureDataDirectory(given)
    const setupUrl = await startParts(environment, options, stops)
    return { environment, setupUrl, stop }
  } catch (error) {
    await stop()
    throw asFull(error, given.dataDirectory)
  }
}

/** A disk may become full at any write of a start. */
const asFull = (error: unknown, dataDirectory: string): unknown =>
  error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    ? new AppError('STORE_FULL', `The disk became full while Understudy started on ${dataDirectory}.`, {
        fix: 'Make room, or choose another data directory with --data-dir.',
        cause: error,
      })
    : error

async function startParts(
  environment: Environment,
  { parts, say, signal }: StartOptions,
  stops: Stop[],
): Promise<string | null> {
  const refuseWhenStopped = () => {
    if (signal.aborted) throw new AppError('CANCELLED', 'Stopped before it had started.')
  }
  const hasDatabase = parts.includes('db') && environment.databaseUrl === null
  if (parts.includes('db')) {
    const lock = await lockDataDirectory(environment)
    stops.push(() => lock.release())
  }
  if (parts.includes('web')) {
    await verifyPortFree(environment.host, environment.port)
    await ensureWebBuild({ rootDirectory: environment.rootDirectory, say, signal })
  }
  refuseWhenStopped()
  if (hasDatabase) {
    const database = await superviseDatabase(environment.dataDirectory, { say, signal })
    stops.push(() => database.stop(graceMs.database))
  }
  await migrateStore(connectionStringOf(environment), { say, signal })
  refuseWhenStopped()
  const setupUrl = await prepareStore(environment, parts.includes('web'), say)
  const specs = await childSpecs(environment, parts)
  const children = specs.map((spec) => superviseChild(spec, say))
  stops.push(async () => {
    await Promise.all(children.map((child) => child.stop(graceMs.process)))
  })
  await Promise.race([Promise.all(children.map(({ ready }) => ready)), aborted(signal)])
  refuseWhenStopped()
  return setupUrl
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function lockDataDirectory(environment: Environment): Promise<Lock> {
  const { dataDirectory } = environment
  const holder: Holder = { pid: process.pid, since: new Date().toISOString(), url: environment.publicUrl }
  const lock = await tryLock(`data/${await lockNameOf(dataDirectory)}`, holder)
  if (!('held' in lock)) return lock
  const who = lock.holder
  throw new AppError(
    'ALREADY_RUNNING',
    who
      ? `Understudy already runs on ${dataDirectory}: process ${who.pid}, since ${who.since}, at ${who.url}.`
      : `Understudy already runs on ${dataDirectory}.`,
    { fix: 'Use that one, stop it, or choose another data directory with --data-dir.' },
  )
}

/** Makes the master key, or verifies that it is the store's, says which profiles can't be used, and makes the one-time code while there is no user. */
async function prepareStore(
  environment: Environment,
  isWeb: boolean,
  say: StartOptions['say'],
): Promise<string | null> {
  const wiring = await createWiring(environment, 'launcher')
  try {
    for (const sentence of wiring.profileProblems.flatMap(({ sentences }) => sentences))
      say(`A profile can’t be used: ${sentence}.`)
    await verifyMasterKey(wiring)
    const code = isWeb ? await ensureSetupCode(wiring.store) : null
    return code === null ? null : `${environment.publicUrl}${routes.setup(code)}`
  } finally {
    await wiring.close()
  }
}

async function childSpecs(environment: Environment, parts: readonly Part[]): Promise<readonly ChildSpec[]> {
  const isWhole = parts.includes('db')
  const logDirectory = join(environment.dataDirectory, 'log')
  await mkdir(logDirectory, { recursive: true, mode: 0o700 })
  await chmod(logDirectory, 0o700)
  const logFile = (name: string) => (isWhole ? join(logDirectory, `${name}.log`) : null)
  const specs: Readonly<Record<Exclude<Part, 'db'>, ChildSpec>> = {
    worker: {
      name: 'worker',
      args: [join(environment.rootDirectory, 'bin', 'understudy'), 'worker'],
      cwd: environment.rootDirectory,
      variables: toVariables(environment),
      logFile: logFile('worker'),
      isReady: (child, signal) =>
        new Promise((resolve, reject) => {
          child.once('message', () => resolve())
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
    },
    web: {
      name: 'web',
      args: [standaloneServer(environment.rootDirectory)],
      cwd: environment.rootDirectory,
      variables: {
        ...toVariables(environment),
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        HOSTNAME: environment.host,
        PORT: String(environment.port),
      },
      logFile: logFile('web'),
      isReady: (_, signal) => awaitHealth(environment, signal),
    },
  }
  return (['worker', 'web'] as const).filter((part) => parts.includes(part)).map((part) => specs[part])
}

async function awaitHealth({ host, port }: Environment, signal: AbortSignal): Promise<void> {
  const address = new URL(routes.healthz(), urlOf(host, port))
  while (!(await answersWell(address))) await pause(50, undefined, { signal })
}

/** node:http, because fetch refuses some ports that an operator may choose. */
const answersWell = (address: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(address, { timeout: 5_000, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve(false))
  })
