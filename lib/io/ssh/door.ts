import type { Command, RunAs } from '@/lib/commands/command'
import { type FileUser, fileExitCodes, readFileCommand, writeFileCommand } from '@/lib/commands/file'
import {
  endJobCommand,
  forgetJobCommand,
  jobExitCodes,
  jobOutputCommand,
  jobStateCommand,
  startJobCommand,
} from '@/lib/commands/job'
import { lastSaid } from '@/lib/commands/last-said'
import { becomeUser, type Login } from '@/lib/commands/remote-shell'
import type { HostId, Privilege } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import { label } from '@/lib/io/ssh/access'
import { completeUtf8Length } from '@/lib/io/ssh/complete-utf8'
import type { Connection } from '@/lib/io/ssh/connection'
import { openDatabaseStream } from '@/lib/io/ssh/database-stream'
import { KeptShell } from '@/lib/io/ssh/kept-shell'
import { type Answer, rootRefused, runCommand } from '@/lib/io/ssh/run'
import type {
  CommandResult,
  DatabaseSession,
  DatabaseTarget,
  DoorState,
  JobState,
  KeptDoor,
  OpenDatabaseSession,
  RunOptions,
} from '@/lib/ports/host-door'

/** Where the door gets its connection from. */
export type ConnectionSource = { get(): Promise<Connection>; state(): DoorState }

export type DoorIdentity = {
  readonly hostId: HostId
  readonly hostName: string
  readonly address: string
  readonly user: string
  readonly privilege: Privilege
  readonly databaseOwner: string
}

/** Short commands of the door's own: files and jobs. */
const housekeepingMs = 20_000

/** One piece of a job's output. */
const outputBytesMax = 256 * 1024

const toResult = ({ exitCode, stdout, stderr, tookMs }: Answer): CommandResult => ({
  exitCode,
  stdout: stdout.toString(),
  stderr: stderr.toString(),
  tookMs,
})

/** The one way to a host: everything on one SSH connection, which comes from `source`. */
export class Door implements KeptDoor {
  readonly hostId: HostId
  readonly hostName: string
  readonly address: string
  readonly privilege: Privilege
  readonly #source: ConnectionSource
  readonly #openSession: OpenDatabaseSession
  readonly #host: { readonly label: string; readonly login: Login }
  readonly #shells = new WeakMap<Connection, Map<string, KeptShell>>()

  constructor(identity: DoorIdentity, source: ConnectionSource, openSession: OpenDatabaseSession) {
    this.hostId = identity.hostId
    this.hostName = identity.hostName
    this.address = identity.address
    this.privilege = identity.privilege
    this.#source = source
    this.#openSession = openSession
    this.#host = {
      label: label({ name: identity.hostName, address: identity.address }),
      login: {
        user: identity.user,
        privilege: identity.privilege,
        databaseOwner: identity.databaseOwner,
      },
    }
  }

  state(): DoorState {
    return this.#source.state()
  }

  async run(command: Command, options: RunOptions): Promise<CommandResult> {
    return toResult(await runCommand(await this.#source.get(), this.#host, command, options))
  }

  async runOrThrow(command: Command, options: RunOptions): Promise<CommandResult> {
    const result = await this.run(command, options)
    if (result.exitCode !== 0) throw this.#failed(result.exitCode, result.stderr)
    return result
  }

  async ask(command: Command, options: { timeoutMs: number }): Promise<CommandResult> {
    return toResult(await this.#ask(command, options.timeoutMs))
  }

  async writeFile(file: {
    path: string
    content: string
    mode: string
    owner: string
    isSecret: boolean
    as?: FileUser
  }): Promise<void> {
    const command = writeFileCommand(file, this.privilege)
    const { exitCode, stderr } = await this.run(command, { timeoutMs: housekeepingMs })
    if (exitCode === 0) return
    if (exitCode === fileExitCodes.diskFull)
      throw new AppError('HOST_DISK_FULL', `There is no room for ${file.path} on ${this.#host.label}.`, {
        fix: 'Free space on that file system, then try again.',
        detail: lastSaid(stderr),
      })
    throw this.#failed(exitCode, stderr, `${file.path} could not be written on ${this.#host.label}.`)
  }

  async readFile(path: string, as?: FileUser): Promise<string | null> {
    const command = readFileCommand(path, this.privilege, as)
    const { exitCode, stdout, stderr } = toResult(await this.#ask(command, housekeepingMs))
    if (exitCode === 0) return stdout
    if (exitCode === fileExitCodes.absent) return null
    throw this.#failed(exitCode, stderr, `${path} could not be read on ${this.#host.label}.`)
  }

  async startJob(id: string, command: Command): Promise<void> {
    const start = startJobCommand(id, command, this.#host.login)
    if (start === null) throw rootRefused(this.#host, 'an unprivileged login user')
    const { exitCode, stderr } = await this.run(start, { timeoutMs: housekeepingMs })
    if (exitCode === jobExitCodes.exists)
      throw new AppError('CONFLICT', `A job ${id} was already started on ${this.#host.label}.`, {
        fix: 'Look at its state first.',
      })
    if (exitCode !== 0)
      throw this.#failed(exitCode, stderr, `The job ${id} could not be started on ${this.#host.label}.`)
  }

  async jobState(id: string): Promise<JobState> {
    const { stdout } = await this.#askHousekeeping(jobStateCommand(id, this.#host.login))
    const [state, pid, code] = stdout.toString().trim().split(' ')
    switch (state) {
      case 'running':
        return { state, pid: Number(pid) }
      case 'ended':
        return { state, exitCode: Number(code) }
      case 'absent':
      case 'vanished':
        return { state }
      default:
        throw this.#failed(
          0,
          stdout.toString(),
          `The state of the job ${id} on ${this.#host.label} can’t be read.`,
        )
    }
  }

  async jobOutput(id: string, offset: number): Promise<{ text: string; nextOffset: number }> {
    const command = jobOutputCommand(id, offset, outputBytesMax, this.#host.login)
    const { exitCode, stdout } = await this.#ask(command, housekeepingMs)
    if (exitCode === jobExitCodes.absent)
      throw new AppError('NOT_FOUND', `There is no job ${id} on ${this.#host.label}.`)
    const length = completeUtf8Length(stdout)
    return { text: stdout.subarray(0, length).toString(), nextOffset: offset + length }
  }

  async endJob(id: string, graceMs: number): Promise<void> {
    const command = endJobCommand(id, graceMs, this.#host.login)
    const { exitCode, stderr } = await this.run(command, { timeoutMs: graceMs + housekeepingMs })
    if (exitCode !== 0)
      throw this.#failed(exitCode, stderr, `The job ${id} on ${this.#host.label} could not be ended.`)
  }

  async forgetJob(id: string): Promise<void> {
    const command = forgetJobCommand(id, this.#host.login)
    const { exitCode, stderr } = await this.run(command, { timeoutMs: housekeepingMs })
    if (exitCode === jobExitCodes.running)
      throw new AppError('CONFLICT', `The job ${id} on ${this.#host.label} still runs.`, {
        fix: 'End it first.',
      })
    if (exitCode !== 0)
      throw this.#failed(exitCode, stderr, `The job ${id} on ${this.#host.label} could not be removed.`)
  }

  async database(target: DatabaseTarget): Promise<DatabaseSession> {
    const connection = await this.#source.get()
    const stream = await openDatabaseStream(connection, this.#host, target)
    return this.#openSession({ ...stream, target, hostLabel: this.#host.label })
  }

  async #ask(command: Command, timeoutMs: number): Promise<Answer> {
    if (command.stdin !== null) throw new RangeError('a question has no standard input: use run')
    const connection = await this.#source.get()
    // Root's questions are looked up in its rights one by one where sudo is limited: no shell of root is ever kept open by sudo.
    if (command.as === 'root' && this.privilege === 'sudo')
      return runCommand(connection, this.#host, command, { timeoutMs })
    return this.#shellOf(connection, command.as).ask(command.text, timeoutMs)
  }

  /** One for each user that is another one: a shell keeps one of the few sessions of its connection for good. */
  #shellOf(connection: Connection, as: RunAs): KeptShell {
    const user = becomeUser('sh -s', as, this.#host.login) ?? as
    const shells = this.#shells.get(connection) ?? new Map<string, KeptShell>()
    this.#shells.set(connection, shells)
    const shell = shells.get(user) ?? new KeptShell(connection, this.#host, as)
    shells.set(user, shell)
    return shell
  }

  async #askHousekeeping(command: Command): Promise<Answer> {
    const answer = await this.#ask(command, housekeepingMs)
    if (answer.exitCode !== 0) throw this.#failed(answer.exitCode, answer.stderr.toString())
    return answer
  }

  #failed(exitCode: number, stderr: string, sentence = `A command on ${this.#host.label} failed.`): AppError {
    return new AppError('HOST_COMMAND_FAILED', sentence, {
      fix: 'The operation’s record shows the command; try it on the host.',
      detail: `exit code ${exitCode}: ${lastSaid(stderr, 2000)}`,
    })
  }
}
