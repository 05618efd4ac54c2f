import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import type { Command } from '@/lib/commands/command'
import { fileExitCodes, readFileCommand, writeFileCommand } from '@/lib/commands/file'
import { buildSocketBridge } from '@/lib/commands/socket-bridge'
import type { Host } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import { openSession } from '@/lib/io/postgres/open-session'
import type { CommandResult, DatabaseTarget, HostDoor, JobState, RunOptions } from '@/lib/ports/host-door'

type Job = { readonly child: ChildProcess; state: JobState; text: string }
type As = { readonly uid?: number; readonly gid?: number }

/**
 * A way to the test's own machine, as one user who owns everything and may not become root: its commands run there word for word, and
 * PostgreSQL is asked by its socket. `alter`: what of a command this machine can't do.
 */
export class OwnDoor implements HostDoor {
  readonly hostId: string
  readonly hostName: string
  readonly address: string
  readonly privilege = 'unprivileged'
  readonly #jobs = new Map<string, Job>()

  constructor(
    { id, name, address }: Pick<Host, 'id' | 'name' | 'address'>,
    private readonly as: As,
    private readonly alter: (text: string) => string = (text) => text,
  ) {
    this.hostId = id
    this.hostName = name
    this.address = address
  }

  #spawn({ text, stdin }: Pick<Command, 'text' | 'stdin'>): ChildProcess {
    const child = spawn('/bin/sh', ['-c', this.alter(text)], {
      ...this.as,
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', NODE_ENV: 'test' },
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(stdin ?? '')
    return child
  }

  async run(command: Command, { signal }: Partial<RunOptions> = {}): Promise<CommandResult> {
    signal?.throwIfAborted()
    const begun = performance.now()
    const child = this.#spawn(command)
    const out = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        out[name] += chunk
      })
    const [code] = await once(child, 'close')
    return { exitCode: typeof code === 'number' ? code : 137, ...out, tookMs: performance.now() - begun }
  }

  async runOrThrow(command: Command, options: Partial<RunOptions> = {}): Promise<CommandResult> {
    const result = await this.run(command, options)
    if (result.exitCode === 0) return result
    throw new AppError('HOST_COMMAND_FAILED', `A command on ${this.hostName} failed.`, {
      fix: 'Look at the host.',
      detail: `exit code ${result.exitCode}: ${result.stderr} ${command.text}`,
    })
  }

  ask = (command: Command) => this.run(command)

  async writeFile(file: Parameters<HostDoor['writeFile']>[0]): Promise<void> {
    await this.runOrThrow(writeFileCommand(file, this.privilege))
  }

  async readFile(path: string): Promise<string | null> {
    const { exitCode, stdout } = await this.run(readFileCommand(path, this.privilege))
    return exitCode === fileExitCodes.absent ? null : stdout
  }

  async startJob(id: string, command: Command): Promise<void> {
    const child = this.#spawn(command)
    const job: Job = { child, state: { state: 'running', pid: child.pid ?? 0 }, text: '' }
    this.#jobs.set(id, job)
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        job.text += chunk.toString()
      })
    child.on('close', (code) => {
      job.state = code === null ? { state: 'vanished' } : { state: 'ended', exitCode: code }
    })
  }

  async jobState(id: string): Promise<JobState> {
    return this.#jobs.get(id)?.state ?? { state: 'absent' }
  }

  async jobOutput(id: string, offset: number): Promise<{ text: string; nextOffset: number }> {
    const text = (this.#jobs.get(id)?.text ?? '').slice(offset)
    return { text, nextOffset: offset + text.length }
  }

  async endJob(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (job?.state.state !== 'running') return
    const closed = once(job.child, 'close')
    process.kill(-(job.child.pid ?? 0), 'SIGKILL')
    await closed
  }

  async forgetJob(id: string): Promise<void> {
    this.#jobs.delete(id)
  }

  /** Through a program of that user's, whom peer authentication sees. */
  async database(target: DatabaseTarget) {
    const path = `${target.socketDirectory}/.s.PGSQL.${target.port}`
    const child = spawn('/bin/sh', ['-c', buildSocketBridge({ kind: 'unix', path })], {
      ...this.as,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const ended = once(child, 'exit')
    const down = () =>
      new AppError('POSTGRES_DOWN', `PostgreSQL does not answer at ${path}.`, { fix: 'Start it.' })
    return openSession({
      stream: Duplex.from({ readable: child.stdout, writable: child.stdin }),
      whyEnded: async () => ((await ended)[0] === 0 ? null : down()),
      target,
      hostLabel: this.hostName,
    })
  }

  async close(): Promise<void> {
    for (const id of this.#jobs.keys()) await this.endJob(id)
  }
}
