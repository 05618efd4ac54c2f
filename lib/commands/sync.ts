import { type Command, sh } from '@/lib/commands/command'
import type { FileToWrite } from '@/lib/commands/file'
import { understudyCatchUp } from '@/lib/commands/host-files/understudy-catch-up'
import { understudyPackages } from '@/lib/commands/host-files/understudy-packages'
import { understudySend } from '@/lib/commands/host-files/understudy-send'
import { understudySync } from '@/lib/commands/host-files/understudy-sync'
import { asKeeper } from '@/lib/commands/keeper'
import {
  type PackageSync,
  packageLogs,
  runnerPackageSettings,
  senderPackageSettings,
} from '@/lib/commands/package-sync'
import type { HostPlaces, PairPlaces } from '@/lib/domain/host-places'
import { nestedIn, outermostAround } from '@/lib/domain/nested-directories'
import type { DirectorySetting, Role } from '@/lib/domain/pair'
import { pairDirectory } from '@/lib/domain/pair-names'
import {
  catchUpProgram,
  isDirectoryId,
  packageRunsDirectory,
  packagesProgram,
  rotationPath,
  runsDirectory,
  schedulePath,
  sendProgram,
  settingsDirectory,
  syncProgram,
} from '@/lib/domain/sync-names'

/** All that the file sync of a pair rests on; files and commands are made of it, so what is shown is what runs. */
export type Sync = {
  /** Where the pair's files lie on either host. */
  readonly places: Readonly<Record<Role, PairPlaces>>
  readonly primary: {
    readonly address: string
    readonly port: number
    readonly user: string
    readonly hostKey: string
  }
  readonly standbyAddress: string
  /** The standby's own PostgreSQL, asked before each run whether it is a standby; null when the pair has no database: then a file tells. */
  readonly database: {
    readonly owner: string
    readonly socketDirectory: string
    readonly port: number
    readonly binDirectory: string
  } | null
  readonly logDirectory: string
  readonly directories: readonly DirectorySetting[]
  /** Null where the pair keeps no packages. */
  readonly packages: PackageSync | null
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

/**
 * What rsync deletes or overwrites goes here: beside the outermost directory. Where that is another file system than the
 * directory's, the runner puts it within the directory: it must not fill a disk that is not the directory's.
 */
export function binPath(sync: Sync, directory: DirectorySetting): string {
  const { path } = outermostAround(directory, sync.directories)
  return `${path.replace(/\/[^/]*$/, '')}/.understudy-bin-${sync.places.standby.slug}/${directory.id}`
}

const fileOf = ({ owner }: PairPlaces, path: string, content: string, mode = '0644'): FileToWrite => ({
  path,
  content,
  mode,
  owner,
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
    : { check_role: 'file' }
  const at = sync.places.standby
  return fileOf(
    at,
    `${settingsDirectory(at)}/pair.conf`,
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

/** What of a directory's root is no part of it: what belongs to its file system, and what Understudy keeps there. */
const ownExcludes = '/lost+found/\n/.understudy-*/\n'

/** An anchored pattern of rsync's that matches exactly this path (rsync(1), PATTERN MATCHING RULES). */
const toExclude = (path: string) => `${/[*?[]/.test(path) ? path.replaceAll(/[\\*?[]/g, '\\$&') : path}/\n`

function directoryFiles(sync: Sync, directory: DirectorySetting): readonly FileToWrite[] {
  const at = sync.places.standby
  const base = `${settingsDirectory(at)}/directories/${directory.id}`
  const { path, log } = directory
  return [
    fileOf(at, `${base}.conf`, toLines({ path, log, bin: binPath(sync, directory) })),
    fileOf(
      at,
      `${base}.exclude`,
      ownExcludes + nestedIn(directory, sync.directories).map(toExclude).join(''),
    ),
  ]
}

/** `[address]:port` but for port 22, as sshd(8) keeps known hosts. */
const knownHost = ({ address, port, hostKey }: Sync['primary']) =>
  `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}\n`

/** What the standby gets, apart from its key and its schedule. Throws RangeError for what can't be written down. */
export function runnerFiles(sync: Sync): readonly FileToWrite[] {
  requirePlain(sync)
  const at = sync.places.standby
  return [
    fileOf(at, syncProgram(at), understudySync, '0755'),
    fileOf(at, catchUpProgram(at), understudyCatchUp, '0755'),
    pairFile(sync),
    fileOf(at, `${settingsDirectory(at)}/known_hosts`, knownHost(sync.primary)),
    ...sync.directories.flatMap((directory) => directoryFiles(sync, directory)),
    ...runnerPackageFiles(sync),
  ]
}

const packagesProgramFile = (at: PairPlaces): FileToWrite =>
  fileOf(at, packagesProgram(at), understudyPackages, '0755')

/** Of the runner's files those that keep the packages; none where the pair keeps none. */
function runnerPackageFiles({ packages, places: { standby: at } }: Sync): readonly FileToWrite[] {
  if (packages === null) return []
  const settings = runnerPackageSettings(at, packages)
  return [packagesProgramFile(at), ...settings.map(({ path, content }) => fileOf(at, path, content))]
}

/** What the primary gets, apart from the marks and the key: the program that the standby's key is limited to, and what it says of packages. */
export function senderFiles({ packages, places: { primary: at } }: Sync): readonly FileToWrite[] {
  const program = fileOf(at, sendProgram(at), understudySend, '0755')
  if (packages === null) return [program]
  const settings = senderPackageSettings(at, packages)
  return [program, packagesProgramFile(at), ...settings.map(({ path, content }) => fileOf(at, path, content))]
}

/**
 * What cron runs beside the copies: what was missed is copied, because this host was off or the primary did not answer, and packages are
 * kept.
 */
const besideCopies = ({
  packages,
  places: { standby: at },
}: Sync): readonly (readonly [when: string, command: string])[] => [
  ['@reboot', `${catchUpProgram(at)} ${at.slug} --boot`],
  ['*/10 * * * *', `${catchUpProgram(at)} ${at.slug}`],
  ...(packages ? [[packages.schedule, `${packagesProgram(at)} ${at.slug}`] as const] : []),
]

/** When each directory is copied, as cron(8) reads it from a system crontab; where root keeps our files. */
function cronFile(sync: Sync): FileToWrite {
  const { directories, primary, places } = sync
  const { slug } = places.standby
  const program = syncProgram(places.standby)
  const lines = [
    `# Understudy, pair ${slug}: what this standby pulls from ${primary.address}.`,
    'SHELL=/bin/sh',
    'MAILTO=""',
    ...directories.map(({ id, schedule }) => `${schedule} root ${program} ${slug} ${id}`),
    ...besideCopies(sync).map(([when, command]) => `${when} root ${command}`),
  ]
  return fileOf(places.standby, schedulePath(slug), `${lines.join('\n')}\n`)
}

/** That logs don't grow for ever (logrotate(8)). */
function rotationFile({ directories, packages, logDirectory, places: { standby: at } }: Sync): FileToWrite {
  const names = [...directories.map(({ log }) => log), ...(packages ? packageLogs(packages) : [])]
  const logs = [...new Set(names.map((name) => `"${logDirectory}/${name}"`))]
  const records = [runsDirectory(at), ...(packages ? [packageRunsDirectory(at)] : [])]
  const lines = [
    `# Understudy, pair ${at.slug}: logs of the file sync, and their records for machines.`,
    `${[...logs, ...records.map((place) => `${place}/*.jsonl`)].join(' ')} {`,
    ...['size 10M', 'rotate 5', 'compress', 'delaycompress', 'missingok', 'notifempty'],
    ...(at.keeper === 'root' ? ['su root root'] : []),
    '}',
  ]
  return fileOf(at, rotationPath(at), `${lines.join('\n')}\n`)
}

/** Files that have the directories copied from then on; on an unprivileged host the crontab's lines are wanted as well. */
export function scheduleFiles(sync: Sync): readonly FileToWrite[] {
  requirePlain(sync)
  return [...(sync.places.standby.keeper === 'root' ? [cronFile(sync)] : []), rotationFile(sync)]
}

/**
 * The same for the crontab of an unprivileged user (crontab(5)). No variable is set: it would hold for the lines behind
 * the block too.
 */
export function crontabLines(sync: Sync): readonly string[] {
  requirePlain(sync)
  const { directories, places } = sync
  const at = places.standby
  const state = `${pairDirectory(at)}/logrotate.status`
  return [
    ...directories.map(
      ({ id, schedule }) => `${schedule} ${syncProgram(at)} ${at.slug} ${id} >/dev/null 2>&1`,
    ),
    ...besideCopies(sync).map(([when, command]) => `${when} ${command} >/dev/null 2>&1`),
    `23 3 * * * PATH=/usr/sbin:/sbin:$PATH logrotate -s ${state} ${rotationPath(at)} >/dev/null 2>&1`,
  ]
}

/** The folders of these files, made before them. */
export const makeFoldersFor = (files: readonly FileToWrite[], keeper: HostPlaces['keeper']): Command =>
  asKeeper({ keeper }, sh`umask 022; mkdir -p -- ${directoriesFor(files)}`)

export const directoriesFor = (files: readonly FileToWrite[]): readonly string[] => [
  ...new Set(files.map(({ path }) => path.replace(/\/[^/]*$/, ''))),
]
