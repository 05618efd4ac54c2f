import { execFile, spawn, spawnSync } from 'node:child_process'
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
