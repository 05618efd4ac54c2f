import type { FileToWrite } from '@/lib/commands/file'
import { understudySend, understudySync } from '@/lib/commands/host-files'
import { nestedIn, outermostAround } from '@/lib/domain/nested-directories'
import type { DirectorySetting } from '@/lib/domain/pair'
import {
  isDirectoryId,
  rotationPath,
  runsDirectory,
  schedulePath,
  sendProgram,
  settingsDirectory,
  syncProgram,
} from '@/lib/domain/sync-names'

/** All that the file sync of a pair rests on; files and commands are made of it, so what is shown is what runs. */
export type Sync = {
  readonly slug: string
  readonly primary: {
    readonly address: string
    readonly port: number
    readonly user: string
    readonly hostKey: string
  }
  readonly standbyAddress: string
  /** The standby's own PostgreSQL, asked before each run whether it is a standby; null when the pair has no database. */
  readonly database: {
    readonly owner: string
    readonly socketDirectory: string
    readonly port: number
    readonly binDirectory: string
  } | null
  readonly logDirectory: string
  readonly directories: readonly DirectorySetting[]
}

/** Seconds without a byte after which a copy is given up; deletions in one run at most; days in the bin. */
const syncLimits = { timeoutSeconds: 60, deletionsMax: 1_000, keepDays: 14 } as const

/** Throws RangeError for what can't stand in a file of lines: the schemas refuse it before. */
function requirePlain(sync: Sync): void {
  for (const { id, path, log } of sync.directories) {
    if (!isDirectoryId(id)) throw new RangeError(`not the id of a directory: ${id}`)
    if (/\p{Cc}|\s$/u.test(path) || !path.startsWith('/') || /\p{Cc}|\//u.test(log))
      throw new RangeError(`not the path and log of a directory: ${path}, ${log}`)
  }
}

/** What rsync deletes or overwrites goes here: beside the outermost directory, on its file system, never inside. */
export function binPath(sync: Sync, directory: DirectorySetting): string {
  const { path } = outermostAround(directory, sync.directories)
  return `${path.replace(/\/[^/]*$/, '')}/.understudy-bin-${sync.slug}/${directory.id}`
}

const rootFile = (path: string, content: string, mode = '0644'): FileToWrite => ({
  path,
  content,
  mode,
  owner: 'root:root',
  isSecret: false,
})

const toLines = (settings: Readonly<Record<string, string | number>>) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

function pairFile(sync: Sync): FileToWrite {
  const { primary, database } = sync
  const role: Record<string, string | number> = database
    ? {
        check_role: 'yes',
        database_owner: database.owner,
        database_socket: database.socketDirectory,
        database_port: database.port,
        database_bin: database.binDirectory,
      }
    : { check_role: 'no' }
  return rootFile(
    `${settingsDirectory(sync.slug)}/pair.conf`,
    toLines({
      primary: primary.address,
      primary_port: primary.port,
      primary_user: primary.user,
      ...role,
      log_directory: sync.logDirectory,
      timeout_seconds: syncLimits.timeoutSeconds,
      delete_max: syncLimits.deletionsMax,
      keep_days: syncLimits.keepDays,
    }),
  )
}

/** An anchored pattern of rsync's that matches exactly this path (rsync(1), PATTERN MATCHING RULES). */
const toExclude = (path: string) => `${/[*?[]/.test(path) ? path.replaceAll(/[\\*?[]/g, '\\$&') : path}/\n`

function directoryFiles(sync: Sync, directory: DirectorySetting): readonly FileToWrite[] {
  const base = `${settingsDirectory(sync.slug)}/directories/${directory.id}`
  const { path, log } = directory
  return [
    rootFile(`${base}.conf`, toLines({ path, log, bin: binPath(sync, directory) })),
    rootFile(`${base}.exclude`, nestedIn(directory, sync.directories).map(toExclude).join('')),
  ]
}

/** `[address]:port` but for port 22, as sshd(8) keeps known hosts. */
const knownHost = ({ address, port, hostKey }: Sync['primary']) =>
  `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}\n`

/** What the standby gets, apart from its key and its schedule. Throws RangeError for what can't be written down. */
export function runnerFiles(sync: Sync): readonly FileToWrite[] {
  requirePlain(sync)
  return [
    rootFile(syncProgram, understudySync, '0755'),
    pairFile(sync),
    rootFile(`${settingsDirectory(sync.slug)}/known_hosts`, knownHost(sync.primary)),
    ...sync.directories.flatMap((directory) => directoryFiles(sync, directory)),
  ]
}

/** What the primary gets, apart from the marks and the key: the program that the standby's key is limited to. */
export const senderFile = (): FileToWrite => rootFile(sendProgram, understudySend, '0755')

/** When each directory is copied (crontab(5), system crontab), and that logs don't grow for ever (logrotate(8)). */
export function scheduleFiles(sync: Sync): readonly FileToWrite[] {
  requirePlain(sync)
  const { slug, directories, logDirectory } = sync
  const logs = [...new Set(directories.map(({ log }) => `"${logDirectory}/${log}"`))]
  const cron = [
    `# Understudy, pair ${slug}: what this standby pulls from ${sync.primary.address}.`,
    'SHELL=/bin/sh',
    'MAILTO=""',
    ...directories.map(({ id, schedule }) => `${schedule} root ${syncProgram} ${slug} ${id}`),
  ]
  const rotation = [
    `# Understudy, pair ${slug}: logs of the file sync, and their records for machines.`,
    `${[...logs, `${runsDirectory(slug)}/*.jsonl`].join(' ')} {`,
    ...['size 10M', 'rotate 5', 'compress', 'delaycompress', 'missingok', 'notifempty', 'su root root'],
    '}',
  ]
  return [
    rootFile(schedulePath(slug), `${cron.join('\n')}\n`),
    rootFile(rotationPath(slug), `${rotation.join('\n')}\n`),
  ]
}

/** Directories that are made for these files: `install -d`, before the files. */
export const directoriesFor = (files: readonly FileToWrite[]): readonly string[] => [
  ...new Set(files.map(({ path }) => path.replace(/\/[^/]*$/, ''))),
]
