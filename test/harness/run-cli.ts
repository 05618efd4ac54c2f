import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import { main } from '@/cli/main'
import { ensureMasterKey } from '@/lib/io/secrets/master-key'
import { root } from '@/test/repository/source-files'

type CliResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

export type TestCli = {
  /** Runs `understudy` with these arguments, without a terminal, in this process: one at a time. */
  run(args: readonly string[], input?: string): Promise<CliResult>
  /** As an operator's shell runs it: a process of its own. */
  spawn(args: readonly string[]): Promise<CliResult>
  /** CPU time, milliseconds, that such a process and its children take from its start to its end. */
  cpuMs(args: readonly string[]): Promise<number>
  readonly dataDirectory: string
  remove(): void
}

/** The command line over a test's own store, with a data directory that holds nothing but the master key. */
export async function testCli(connectionString: string): Promise<TestCli> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'understudy-cli-'))
  await ensureMasterKey(join(dataDirectory, 'master.key'))
  return {
    ...cliOf({ dataDirectory, databaseUrl: connectionString }),
    remove: () => rmSync(dataDirectory, { recursive: true, force: true }),
  }
}

/** The command line of a dashboard that is there already; `more` of its environment on top. */
export function cliOf(
  dashboard: { dataDirectory: string; databaseUrl: string | null },
  more: Readonly<Record<string, string>> = {},
): TestCli {
  const { dataDirectory, databaseUrl } = dashboard
  const variables = {
    TZ: 'UTC',
    DATABASE_URL: databaseUrl ?? '',
    UNDERSTUDY_DATA_DIR: dataDirectory,
    ...more,
  }
  const env = { NODE_ENV: 'test' as const, PATH: process.env.PATH, ...variables }
  const program = join(root, 'bin/understudy')
  return {
    dataDirectory,
    remove: () => undefined,
    run: (args, input = '') => runHere(args, input, variables),
    spawn: (args) =>
      new Promise((resolve) => {
        execFile(program, [...args], { env }, (error, stdout, stderr) =>
          resolve({
            exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
            stdout,
            stderr,
          }),
        )
      }),
    cpuMs: async (args) => {
      // The last line of "times" (POSIX) is what a shell's children took: user, then system.
      const shell = ['-c', '"$0" "$@" > /dev/null 2>&1; times', program, ...args]
      const { stdout } = await promisify(execFile)('/bin/sh', shell, { env })
      const times = stdout.trim().split('\n').at(-1) ?? ''
      return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
        (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
        0,
      )
    },
  }
}

async function runHere(
  args: readonly string[],
  input: string,
  variables: Readonly<Record<string, string>>,
): Promise<CliResult> {
  const said = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      said[stream] += String(chunk)
      return true
    }),
  )
  const stdin = vi
    .spyOn(process, 'stdin', 'get')
    .mockReturnValue(Object.assign(Readable.from([input]), { isTTY: false, fd: 0 }) as never)
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  const before = process.exitCode
  process.exitCode = undefined
  try {
    await main(args)
    return { exitCode: Number(process.exitCode ?? 0), ...said }
  } finally {
    process.exitCode = before
    for (const spy of [...spies, stdin]) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}
