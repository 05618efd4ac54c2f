import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { embeddedConnectionString } from '@/lib/runtime/embedded-postgres/socket-directory'

/** Everything that may be said from outside, read in this one place. */
export type Environment = {
  /** The folder that Understudy itself lies in. */
  readonly rootDirectory: string
  /** Absolute. */
  readonly dataDirectory: string
  /** Address that the web process listens on. */
  readonly host: string
  readonly port: number
  /** How browsers reach the dashboard, without a slash at its end. */
  readonly publicUrl: string
  /** The operator's PostgreSQL; null where the embedded one is used. */
  readonly databaseUrl: string | null
  readonly masterKeyFile: string
  /** Directories of profile files; a later one wins. */
  readonly profileDirectories: readonly string[]
  /** Socket of the SSH agent, null when there is none. */
  readonly agentSocket: string | null
  readonly logLevel: LogLevel
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type Variables = Readonly<Record<string, string | undefined>>

/** Names, defaults and meaning, for `--help` and the documents. */
export const variables = {
  UNDERSTUDY_PORT: 'TCP port of the page and the API (8420)',
  UNDERSTUDY_HOST: 'address to listen on (127.0.0.1)',
  UNDERSTUDY_INSECURE_LISTEN: 'yes: listen beyond loopback without TLS',
  UNDERSTUDY_PUBLIC_URL: 'how browsers reach the dashboard (http://HOST:PORT)',
  UNDERSTUDY_DATA_DIR:
    'store, master key and logs (/var/lib/understudy as root, else ~/.local/share/understudy)',
  UNDERSTUDY_MASTER_KEY_FILE: 'key that seals secrets, mode 0600 (DATA_DIR/master.key)',
  UNDERSTUDY_PROFILES_DIR: 'directory of your own profiles (none)',
  UNDERSTUDY_LOG_LEVEL: `${logLevels.join(', ')} (info)`,
  DATABASE_URL: 'PostgreSQL 14 or newer to use instead of the embedded one',
  SSH_AUTH_SOCK: 'SSH agent for hosts that are reached with it',
} as const

const portText = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port')
  .transform(Number)
  .refine((port) => port >= 1 && port <= 65_535, 'is not a port: use 1 to 65535')

const schema = z.object({
  UNDERSTUDY_PORT: portText.default(8420),
  UNDERSTUDY_HOST: z.string().default('127.0.0.1'),
  UNDERSTUDY_INSECURE_LISTEN: z.stringbool('is neither yes nor no').default(false),
  UNDERSTUDY_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'is not an address that begins with http:// or https://' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  UNDERSTUDY_DATA_DIR: z.string().optional(),
  UNDERSTUDY_MASTER_KEY_FILE: z.string().optional(),
  UNDERSTUDY_PROFILES_DIR: z.string().optional(),
  UNDERSTUDY_LOG_LEVEL: z.enum(logLevels, `is none of ${logLevels.join(', ')}`).default('info'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'does not begin with postgresql://')
    .optional(),
  SSH_AUTH_SOCK: z.string().optional(),
})

const isLoopback = (host: string): boolean => /^127\.|^::1$|^localhost$/.test(host)

/**
 * Reads variables (an empty one counts as absent). Throws INVALID_INPUT with one sentence for the first that is wrong, and
 * for a listen beyond loopback that was not asked for twice: passwords would cross the network in clear text.
 */
export function parseEnvironment(given: Variables, { isRoot }: { isRoot: boolean }): Environment {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(present)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = String(issue?.path[0] ?? '')
    throw new AppError('INVALID_INPUT', `${name} ${issue?.message ?? 'is wrong'}.`, {
      fix: 'Run understudy start --help for what can be set.',
      fields: { [name]: issue?.message ?? '' },
    })
  }
  const read = parsed.data
  if (!isLoopback(read.UNDERSTUDY_HOST) && !read.UNDERSTUDY_INSECURE_LISTEN)
    throw new AppError(
      'INVALID_INPUT',
      `Understudy does not listen on ${read.UNDERSTUDY_HOST} without TLS: passwords would cross the network in clear text.`,
      {
        fix: 'Leave it on 127.0.0.1 behind a proxy with TLS or an SSH tunnel, or insist with --insecure-listen.',
        fields: { UNDERSTUDY_HOST: 'is not a loopback address' },
      },
    )
  const rootDirectory = present.UNDERSTUDY_ROOT ?? ownRoot()
  const dataDirectory = absolute(read.UNDERSTUDY_DATA_DIR ?? defaultDataDirectory(present, isRoot))
  return {
    rootDirectory,
    dataDirectory,
    host: read.UNDERSTUDY_HOST,
    port: read.UNDERSTUDY_PORT,
    publicUrl: read.UNDERSTUDY_PUBLIC_URL ?? urlOf(read.UNDERSTUDY_HOST, read.UNDERSTUDY_PORT),
    databaseUrl: read.DATABASE_URL ?? null,
    masterKeyFile: absolute(read.UNDERSTUDY_MASTER_KEY_FILE ?? join(dataDirectory, 'master.key')),
    profileDirectories: [
      join(rootDirectory, 'lib', 'profiles'),
      ...(read.UNDERSTUDY_PROFILES_DIR ? [absolute(read.UNDERSTUDY_PROFILES_DIR)] : []),
    ],
    agentSocket: read.SSH_AUTH_SOCK ?? null,
    logLevel: read.UNDERSTUDY_LOG_LEVEL,
  }
}

const defaultDataDirectory = (given: Variables, isRoot: boolean): string =>
  isRoot
    ? '/var/lib/understudy'
    : join(given.XDG_DATA_HOME ?? join(given.HOME ?? homedir(), '.local', 'share'), 'understudy')

/** This file lies two folders below. Not so in Next's bundle: there UNDERSTUDY_ROOT is always given. */
const ownRoot = (): string => dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The comment tells Next's bundler that this names no file of the project. */
const absolute = (path: string): string => resolve(/*turbopackIgnore: true*/ path)

/** An address that a browser on this machine can open; a wildcard is reached as localhost. */
export function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** `parseEnvironment` of this process: `over` (command-line flags) wins over it, it wins over `defaults`. */
export const readEnvironment = (over: Variables = {}, defaults: Variables = {}): Environment =>
  parseEnvironment({ ...defaults, ...process.env, ...over }, { isRoot: process.getuid?.() === 0 })

/** The variables that give a child process the same environment. */
export function toVariables(environment: Environment): Readonly<Record<string, string>> {
  return {
    UNDERSTUDY_ROOT: environment.rootDirectory,
    UNDERSTUDY_DATA_DIR: environment.dataDirectory,
    UNDERSTUDY_HOST: environment.host,
    UNDERSTUDY_PORT: String(environment.port),
    // Whether it may was decided when the environment was read.
    UNDERSTUDY_INSECURE_LISTEN: 'yes',
    UNDERSTUDY_PUBLIC_URL: environment.publicUrl,
    UNDERSTUDY_MASTER_KEY_FILE: environment.masterKeyFile,
    UNDERSTUDY_PROFILES_DIR: environment.profileDirectories[1] ?? '',
    UNDERSTUDY_LOG_LEVEL: environment.logLevel,
    DATABASE_URL: environment.databaseUrl ?? '',
    SSH_AUTH_SOCK: environment.agentSocket ?? '',
  }
}

/** libpq URL of the store: the operator's, or the embedded server's socket. */
export const connectionStringOf = (environment: Environment): string =>
  environment.databaseUrl ?? embeddedConnectionString(environment.dataDirectory)
