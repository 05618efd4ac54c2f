import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Command } from '@/lib/commands/command'
import { fileExitCodes, readFileCommand, writeFileCommand } from '@/lib/commands/file'
import { AppError } from '@/lib/errors'
import type {
  CommandResult,
  DatabaseTarget,
  HostDoor,
  JobState,
  Row,
  RunOptions,
} from '@/lib/ports/host-door'
import { folderPrograms } from '@/test/harness/folder-programs'

/** Paths of a host that a command may name; each is looked for below the host's own folder. */
const hostPath =
  /(^|[\s'"=:;(,])(\/(?:var|etc|srv|home|root|opt|usr\/lib\/postgresql|usr\/local|usr\/pgsql-\*)(?=[/\s'"]|$))/g
const foreignPath = /(?:^|[\s'"=:;(,])\/(?!dev\/(?:null\b|tcp\/)|proc\/)[a-z]/

/** Only where PostgreSQL hangs: the process that does. */
const postmasterFile = '/var/lib/postgresql/15/main/postmaster.pid'

type Job = { child: ChildProcess; state: JobState; text: string }
export type Answer = (text: string, params: readonly unknown[]) => readonly Row[]

/**
 * A host in a folder: its commands run word for word in a real shell on real files below `root`; only the programs that would
 * change a machine (`folderPrograms`) are small scripts. SQL is answered by `answer`. For what must be proved
 * many times over; the lab's hosts prove the same on whole machines.
 */
export class FolderHost {
  readonly root = mkdtempSync(join(tmpdir(), 'understudy-host-'))
  /** Texts of all commands that were run, in their order; without questions, which only read. */
  readonly ran: string[] = []
  /** Texts of all statements. */
  readonly asked: string[] = []
  answer: Answer = () => []
  /** Who answers at another socket than that of the host's own server; null: that one. */
  answerAt: (target: DatabaseTarget) => Answer | null = () => null
  peer: FolderHost | null = null
  readonly #jobs = new Map<string, Job>()
  #hung: ChildProcess | null = null
  #postmaster: ChildProcess | null = null
  /** Told of each command that has ended, and each job that was begun, before whoever ran it is. */
  onActed: () => void = () => undefined

  constructor(
    readonly name: string,
    readonly address: string,
  ) {
    for (const [path, text] of Object.entries(folderPrograms))
      this.put(`/${path}`, `#!/bin/sh\n${text}\n`, 0o755)
  }

  path(path: string): string {
    return `${this.root}${path}`
  }

  put(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    writeFileSync(this.path(path), content, { mode })
  }

  has(path: string): boolean {
    return existsSync(this.path(path))
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8')
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true, force: true })
  }

  /** How PostgreSQL is there: a unit that is active, and where it was hung, a process that is stopped in its tracks. */
  postgres(): 'running' | 'hung' | 'down' {
    if (!this.has('/.units/postgresql@15-main.service/active')) return 'down'
    if (!this.has(postmasterFile)) return 'running'
    const pid = this.read(postmasterFile).trim()
    if (!existsSync(`/proc/${pid}/exe`)) return 'down'
    return / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) ? 'hung' : 'running'
  }

  /** Gives PostgreSQL a postmaster of its own, which stops fast when SIGINT tells it to, as the real one does. */
  async startPostmaster(): Promise<void> {
    const active = this.path('/.units/postgresql@15-main.service/active')
    const script = `trap 'rm -f "$0" "$1"; exit 0' INT; while :; do sleep 0.02; done`
    const child = spawn('/bin/sh', ['-c', script, active, this.path(postmasterFile)], { stdio: 'ignore' })
    await once(child, 'spawn')
    this.put(postmasterFile, `${child.pid}\n`)
    this.#postmaster = child
  }

  /** Hangs PostgreSQL as SIGSTOP does: it neither answers nor stops, and only SIGKILL ends it. */
  async hangPostgres(): Promise<void> {
    const program = this.path('/usr/lib/postgresql/15/bin/postgres')
    copyFileSync('/bin/sleep', program)
    const child = spawn(program, ['600'], { cwd: dirname(this.path(postmasterFile)), stdio: 'ignore' })
    await once(child, 'spawn')
    child.kill('SIGSTOP')
    this.put(postmasterFile, String(child.pid))
    this.#hung = child
  }

  /** The command's text with every path of a host below this host's folder. Throws for one that would leave it. */
  #within(text: string): string {
    if (foreignPath.test(text.replaceAll(hostPath, '$1@')))
      throw new Error(`a command names a path that no folder host has: ${text}`)
    return text
      .replaceAll(/\/usr\/local\/lib\/understudy\/understudy-(sync|packages)(?= \w)/g, 'understudy-$1')
      .replaceAll(hostPath, `$1${this.root}$2`)
  }

  #spawn({ text, stdin }: Command): ChildProcess {
    const child = spawn('/bin/sh', ['-c', this.#within(text)], {
      cwd: this.root,
      detached: true,
      env: {
        PATH: `${this.root}/.bin:/usr/bin:/bin`,
        LC_ALL: 'C',
        NODE_ENV: 'test',
        ROOT: this.root,
        PEER: this.peer?.root ?? '/nowhere',
      },
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(stdin ?? '')
    return child
  }

  async run(command: Command, { signal }: Partial<RunOptions> = {}): Promise<CommandResult> {
    signal?.throwIfAborted()
    const running = this.#execute(command)
    this.ran.push(command.text)
    const result = await running
    this.onActed()
    return result
  }

  async #execute(command: Command): Promise<CommandResult> {
    if (this.has('/.unplugged'))
      throw new AppError('HOST_UNREACHABLE', `${this.name} can’t be reached.`, { fix: 'Look at its cable.' })
    const child = this.#spawn(command)
    const out = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        out[name] += chunk
      })
    const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 137)))
    const own = (text: string) => text.replaceAll(this.root, '')
    return { exitCode, stdout: own(out.stdout), stderr: own(out.stderr), tookMs: 1 }
  }

  async runOrThrow(command: Command, options: Partial<RunOptions> = {}): Promise<CommandResult> {
    const result = await this.run(command, options)
    if (result.exitCode === 0) return result
    throw new AppError('HOST_COMMAND_FAILED', `A command on ${this.name} failed.`, {
      fix: 'Look at the host.',
      detail: `exit code ${result.exitCode}: ${result.stderr} ${command.text}`,
    })
  }

  #startJob(id: string, command: Command): void {
    if (this.#jobs.has(id)) throw new AppError('CONFLICT', `The job ${id} exists.`)
    this.ran.push(command.text)
    const child = this.#spawn(command)
    const job: Job = { child, state: { state: 'running', pid: child.pid ?? 0 }, text: '' }
    this.#jobs.set(id, job)
    this.onActed()
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        job.text += chunk.toString()
      })
    child.on('close', (code) => {
      job.state = code === null ? { state: 'vanished' } : { state: 'ended', exitCode: code }
    })
  }

  async #endJob(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (job?.state.state !== 'running') return
    const closed = new Promise((resolve) => job.child.on('close', resolve))
    process.kill(-(job.child.pid ?? 0), 'SIGKILL')
    await closed
  }

  /** A job as it stands after its process was killed from outside, or after it ended. */
  setJob(id: string, state: JobState, text = ''): void {
    const child = spawn('true')
    this.#jobs.set(id, { child, state, text })
  }

  readonly door: HostDoor = {
    hostId: '',
    hostName: '',
    address: '',
    privilege: 'root',
    run: (command, options) => this.run(command, options),
    runOrThrow: (command, options) => this.runOrThrow(command, options),
    ask: (command) => this.#execute(command),
    writeFile: async (file) => {
      await this.runOrThrow(writeFileCommand(file, 'root'))
    },
    readFile: async (path, as) => {
      const { exitCode, stdout } = await this.#execute(readFileCommand(path, 'root', as))
      return exitCode === fileExitCodes.absent ? null : stdout
    },
    startJob: async (id, command) => this.#startJob(id, command),
    jobState: async (id) => this.#jobs.get(id)?.state ?? { state: 'absent' },
    jobOutput: async (id, offset) => {
      const text = (this.#jobs.get(id)?.text ?? '').slice(offset)
      return { text, nextOffset: offset + text.length }
    },
    endJob: (id) => this.#endJob(id),
    forgetJob: async (id) => {
      this.#jobs.delete(id)
    },
    database: async (target) => ({
      query: async (text, params = []) => {
        const other = this.answerAt(target)
        if (other) {
          this.asked.push(text)
          return other(text, params)
        }
        if (this.postgres() === 'down' || this.has('/.unplugged'))
          throw new AppError('POSTGRES_DOWN', `PostgreSQL on ${this.name} does not run.`, {
            fix: 'Start it.',
          })
        if (this.postgres() === 'hung')
          throw new AppError('POSTGRES_TIMED_OUT', `PostgreSQL on ${this.name} did not answer in time.`, {
            fix: 'Look at it.',
          })
        this.asked.push(text)
        return this.answer(text, params)
      },
      isOpen: () => true,
      close: async () => undefined,
    }),
  }

  async dispose(): Promise<void> {
    for (const id of this.#jobs.keys()) await this.#endJob(id)
    this.#hung?.kill('SIGKILL')
    this.#postmaster?.kill('SIGKILL')
    rmSync(this.root, { recursive: true, force: true })
  }
}
