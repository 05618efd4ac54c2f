import type { Duplex } from 'node:stream'
import type { Command } from '@/lib/commands/command'
import type { FileUser } from '@/lib/commands/file'
import type { AuthKind, Host, HostId, Privilege } from '@/lib/domain/host'
import type { Instant } from '@/lib/domain/observation'
import type { AppError } from '@/lib/errors'
import type { HostSecret } from '@/lib/ports/store'

export type CommandResult = {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

export type RunOptions = {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Called with each line as it comes; stdout and stderr alike. */
  readonly onLine?: (line: string) => void
}

export type Row = Readonly<Record<string, unknown>>

/** Which role of PostgreSQL a question is asked as. */
export type DatabaseIdentity =
  /** The database's owner (superuser) by peer authentication on the host itself. */
  | { readonly as: 'owner' }
  /** `understudy_monitor` with its password, through the SSH connection. */
  | { readonly as: 'monitor'; readonly password: string }

export type DatabaseTarget = {
  readonly identity: DatabaseIdentity
  readonly database: string
  readonly port: number
  /** Directory of the unix socket, e.g. `/var/run/postgresql`. */
  readonly socketDirectory: string
  /** OS user that owns the cluster, e.g. `postgres`. */
  readonly osUser: string
}

/** A PostgreSQL session through the SSH connection; kept open until closed. */
export type DatabaseSession = {
  /**
   * One statement with `$1` parameters. Throws AppError POSTGRES_* ; SQLSTATE in `detail`.
   * `tookMs` is not included: sessions are for facts and single statements.
   */
  query(text: string, params?: readonly unknown[], options?: { timeoutMs?: number }): Promise<readonly Row[]>
  /** False once it was closed, timed out or lost: ask the door for a new one. */
  isOpen(): boolean
  close(): Promise<void>
}

/** A byte stream to PostgreSQL on a host, and what is known of why it ended. */
export type DatabaseStream = {
  readonly stream: Duplex
  /** Once the stream has ended early: why, where the transport knows it. Resolves with null when PostgreSQL itself hung up. */
  whyEnded(): Promise<AppError | null>
}

/** Speaks PostgreSQL's protocol over such a stream; `lib/io/postgres` implements it, so that SSH knows no SQL. */
export type OpenDatabaseSession = (
  input: DatabaseStream & { readonly target: DatabaseTarget; readonly hostLabel: string },
) => Promise<DatabaseSession>

/** State of a long command started by `startJob`. */
export type JobState =
  | { readonly state: 'absent' }
  | { readonly state: 'running'; readonly pid: number }
  | { readonly state: 'ended'; readonly exitCode: number }
  /** It was started, is not running, and left no exit code: the host or the process was killed. */
  | { readonly state: 'vanished' }

/**
 * The one way to a host. All methods throw AppError HOST_* where they fail; a non-zero exit code of `run` is a
 * result, not an error (`runOrThrow` makes it HOST_COMMAND_FAILED).
 */
export type HostDoor = {
  readonly hostId: HostId
  readonly hostName: string
  readonly address: string
  readonly privilege: Privilege
  run(command: Command, options: RunOptions): Promise<CommandResult>
  /** As `run`; an exit code other than 0 throws HOST_COMMAND_FAILED with the last lines of stderr in `detail`. */
  runOrThrow(command: Command, options: RunOptions): Promise<CommandResult>
  /** Asks on the kept shell (0.2 ms each): for short read-only questions only. */
  ask(command: Command, options: { timeoutMs: number }): Promise<CommandResult>
  /**
   * Writes a file atomically (temporary file beside it, fsync, rename) with content on standard input.
   * `mode` as in chmod, e.g. `0600`; `owner` as in chown, e.g. `root:root`.
   */
  writeFile(file: {
    path: string
    content: string
    mode: string
    owner: string
    isSecret: boolean
    /** A file among PostgreSQL's own is written by the database's owner. */
    as?: FileUser
  }): Promise<void>
  /** The file's content, or null when there is none. */
  readFile(path: string, as?: FileUser): Promise<string | null>
  /**
   * Starts a long command under its own process group, which outlives the connection; its output, group id and exit
   * code are kept under `id` in a directory on the host. Starting an id that exists is an error: look at `jobState` first.
   */
  startJob(id: string, command: Command): Promise<void>
  jobState(id: string): Promise<JobState>
  /** Output from byte `offset` on, and the next offset. */
  jobOutput(id: string, offset: number): Promise<{ text: string; nextOffset: number }>
  /** Ends the whole process group: SIGTERM, then SIGKILL after `graceMs`. Returns when it is gone. */
  endJob(id: string, graceMs: number): Promise<void>
  /** Removes the job's directory; the job must not run. */
  forgetJob(id: string): Promise<void>
  database(target: DatabaseTarget): Promise<DatabaseSession>
}

/**
 * How the kept connection stands. `connecting` only until the first attempt has ended; from then on a door that is not
 * connected is `failed` with the latest error, and tries again by itself. `since` by the dashboard's clock: when this
 * state began, not the latest attempt.
 */
export type DoorState =
  | { readonly state: 'connecting'; readonly since: Instant }
  | { readonly state: 'connected'; readonly since: Instant }
  | { readonly state: 'failed'; readonly error: AppError; readonly since: Instant }

/**
 * A door with a kept connection. Its methods wait for a connection that is on its way (at most the connect time-out) and
 * throw the reason where there is none; whoever must not wait looks at `state()` first.
 */
export type KeptDoor = HostDoor & { state(): DoorState }

/** All doors of a process: one SSH connection a host. */
export type Doors = {
  /**
   * The door of a registered host; starts to connect in the background and returns at once. The same host gives the same
   * door, until its access changed (a new secret too, by `accessRevision`): then the old connection is closed and a new one opened.
   * `databaseOwner` is the OS user that its PostgreSQL belongs to, as the profile says; Debian's where nothing of PostgreSQL is asked.
   */
  door(host: Host, databaseOwner?: string): KeptDoor
  /** Closes the host's connection, e.g. when the host was removed. */
  drop(hostId: HostId): void
  /** Closes every connection; no door can be asked for afterwards. */
  close(): Promise<void>
}

/** Access that is tried before a host is registered. */
export type AccessToTest = {
  /** For messages; the address where there is no name yet. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly authKind: AuthKind
  readonly secret: HostSecret
  /** As the operator confirmed it: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
}

export type HostKeySeen = {
  /** As in known_hosts, without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string
}

export type AccessTested = {
  readonly fingerprint: string
  readonly hostname: string
  readonly privilege: Privilege
  /** PRETTY_NAME of os-release(5). */
  readonly operatingSystem: string
  /** machine-id(5). */
  readonly machineId: string
  /** Home directory of the login user. */
  readonly home: string
}

/** What the dashboard asks of a machine that is not registered yet. */
export type AccessProbe = {
  /** Fetches the host's key without sending any credential. Throws HOST_* when it can't be reached. */
  readHostKey(address: string, port: number): Promise<HostKeySeen>
  /** Signs in once and reads who we are there. Throws HOST_* ; HOST_KEY_CHANGED when the key isn't `access.hostKey`. */
  testAccess(access: AccessToTest): Promise<AccessTested>
}
