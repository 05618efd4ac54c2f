import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

/** Something that the lab can't do, in one sentence for the person at the terminal. */
export class LabError extends Error {
  override readonly name = 'LabError'
}

export type CommandOutcome = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

const execFileAsync = promisify(execFile)

/** Runs a program on this machine; an exit code other than 0 throws LabError with its last words. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execFileAsync(program, args, { maxBuffer: 64 << 20 })
    return stdout
  } catch (error) {
    throw new LabError(`${program} ${args.join(' ')}: ${lastWords(error)}`)
  }
}

/** Somebody has asked to stop. */
export class LabStopped extends LabError {
  constructor() {
    super('stopped')
  }
}

/** Throws LabStopped once `signal` is aborted. */
export function refuseWhenStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LabStopped()
}

const killAfterMs = 20_000

/**
 * As `run`, in a group of its own that is ended when `signal` is aborted, by SIGTERM first, so that it can clear away what it has
 * begun. Returns or throws when none of the group holds its output any more.
 */
export async function runUntilStopped(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  refuseWhenStopped(signal)
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-500)
    })
  const end = (name: 'SIGTERM' | 'SIGKILL') => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {} // none of the group was left
  }
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    end('SIGTERM')
    killer = setTimeout(end, killAfterMs, 'SIGKILL')
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const [code] = await once(child, 'close')
    refuseWhenStopped(signal)
    if (code !== 0) throw new LabError(`${program} ${args.join(' ')}: ${said.trim()}`)
  } finally {
    clearTimeout(killer)
    signal.removeEventListener('abort', stop)
  }
}

/** Does it; a file system that becomes full meanwhile is a LabError with one line, any other error is thrown as it is. */
export async function inWords<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')))
      throw error
    throw new LabError(`the disk became full: ${error.message}`)
  }
}

/** Awaits all of them, also when one fails: what still runs could not be taken away. Throws the first error. */
export async function awaitAll<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(works)
  return Promise.all(works)
}

/** Runs a program and waits without the event loop, so that it also works while the process exits. */
export function runNow(program: string, args: readonly string[]): CommandOutcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  return { exitCode: status ?? 1, stdout: stdout ?? '', stderr: error ? error.message : (stderr ?? '') }
}

/** Runs a program with `input` on its standard input; any exit code is an outcome. */
export function runWithInput(
  program: string,
  args: readonly string[],
  options: { input: string; timeoutMs: number },
): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: options.timeoutMs, killSignal: 'SIGKILL' })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', (error) => reject(new LabError(`${program}: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (signal)
        reject(new LabError(`${program} did not end within ${options.timeoutMs} ms: ${stderr.slice(-300)}`))
      else resolve({ exitCode: code ?? 1, stdout, stderr })
    })
    child.stdin.on('error', () => undefined) // the program ended without reading all of it
    child.stdin.end(options.input)
  })
}

function lastWords(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && String(error.stderr).trim() !== '')
    return String(error.stderr).trim().slice(-500)
  return error instanceof Error ? error.message : String(error)
}
