import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A dashboard as `npm start` runs it: launcher, embedded store, worker and web, on a data directory of its own. */
export type Dashboard = {
  readonly url: string
  readonly dataDirectory: string
  /** The one-time code printed at the first start, while no administrator exists. */
  readonly setupCode: string
  /** Everything printed so far. */
  output(): string
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>
  /** As `stop`, and the data directory is removed. */
  dispose(): Promise<void>
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** `understudy start`, or another command that runs a dashboard, from its first moment on. */
export type RunningDashboard = {
  readonly url: string
  readonly dataDirectory: string
  /** Everything printed so far. */
  output(): string
  /** The first match in what it prints; rejects when it ends without one. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends it a signal. */
  ask(signal: NodeJS.Signals): void
  /** Its exit code, null where it was killed. */
  readonly ended: Promise<number | null>
}

export type DashboardOptions = {
  readonly dataDirectory?: string
  readonly port?: number
  /** The command with flags of its own; `start` when left out. */
  readonly command?: readonly string[]
  /** Of its environment, on top of the test's own. */
  readonly variables?: Readonly<Record<string, string>>
}

/** Starts it and returns at once. */
export async function launchDashboard(options: DashboardOptions = {}): Promise<RunningDashboard> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'understudy-')))
  const port = options.port ?? (await findFreePort())
  const [command = 'start', ...flags] = options.command ?? []
  const place = ['--data-dir', dataDirectory, '--port', String(port)]
  const child = spawn(process.execPath, ['bin/understudy', command, ...place, ...flags], {
    cwd: root,
    env: { ...process.env, ...options.variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = once(child, 'close').then(() => child.exitCode)
  return {
    url: `http://127.0.0.1:${port}`,
    dataDirectory,
    output: () => text,
    until: (pattern) => awaitPrinted(child, () => text, pattern),
    ask: (signal) => {
      child.kill(signal)
    },
    ended,
  }
}

/** Resolves with the first match in what the process prints; rejects when it ends without one. */
function awaitPrinted(child: ChildProcess, printed: () => string, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(printed())
      if (match) resolve(match)
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', (code) => reject(new Error(`understudy ended with ${code}:\n${printed()}`)))
    look()
  })
}

/** Starts a dashboard and returns when its pages answer. */
export async function startDashboard(options: DashboardOptions = {}): Promise<Dashboard> {
  const running = await launchDashboard(options)
  await running.until(/Ctrl-C stops it/)
  const stop = () => {
    running.ask('SIGTERM')
    return running.ended
  }
  const { url, dataDirectory, output } = running
  return {
    url,
    dataDirectory,
    setupCode: /[?&]code=([A-Za-z0-9_-]+)/.exec(output())?.[1] ?? '',
    output,
    stop,
    dispose: async () => {
      await stop()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** Living processes whose arguments or variables name the data directory. */
export async function processesOf(directory: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const names = await Promise.all(
    pids.map(async (pid) => {
      const texts = ['cmdline', 'environ'].map((file) =>
        readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
      )
      return (await Promise.all(texts)).join('\0').includes(directory)
    }),
  )
  return pids.filter((_, index) => names[index])
}

/** Kills the worker of the dashboard with this data directory, as a crash would; its launcher starts another. */
export async function killWorker(directory: string): Promise<void> {
  await signalPart(directory, /\0worker\0/, 'SIGKILL')
}

/** Kills its launcher alone, which then can't end the others. */
export async function killLauncher(directory: string): Promise<void> {
  await signalPart(directory, /\0start\0/, 'SIGKILL')
}

/** Halts what serves the pages of that dashboard, as a frozen machine would, while its worker goes on. Returns how it continues. */
export async function haltWeb(directory: string): Promise<() => Promise<void>> {
  await signalPart(directory, /^next-server/, 'SIGSTOP')
  return () => signalPart(directory, /^next-server/, 'SIGCONT')
}

/** To the living processes of the dashboard whose argument list is such a one. Throws where there is none. */
async function signalPart(directory: string, words: RegExp, signal: NodeJS.Signals): Promise<void> {
  const pids = await processesOf(directory)
  const isMeant = await Promise.all(
    pids.map(async (pid) => words.test(await readFile(`/proc/${pid}/cmdline`, 'utf8'))),
  )
  const meant = pids.filter((_, index) => isMeant[index])
  if (meant.length === 0) throw new Error(`no process ${words} of the dashboard in ${directory}`)
  for (const pid of meant) process.kill(pid, signal)
}
