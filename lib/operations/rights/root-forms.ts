import { kitDirectory, kitIdentifierPath, kitRecordPath, removeKit } from '@/lib/commands/break-glass/kit'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { startConfPath } from '@/lib/commands/fence'
import { type FileToWrite, readFileCommand, writeFileCommand } from '@/lib/commands/file'
import { removeFileRole, setFileRole } from '@/lib/commands/file-role'
import { hookCommand } from '@/lib/commands/hook-command'
import { breakLock, freshenLock, releaseLock, takeLock } from '@/lib/commands/host-lock'
import {
  endJobCommand,
  forgetJobCommand,
  jobOutputCommand,
  jobStateCommand,
  startJobCommand,
} from '@/lib/commands/job'
import { keptDataFile, readKeptNotes, removeKeptData } from '@/lib/commands/kept-data'
import { bringListBack, listPackages, makeRoomForList } from '@/lib/commands/packages'
import { findRemnants } from '@/lib/commands/pair-remnants'
import { passfile, removePassfile } from '@/lib/commands/password-file'
import { setDebianStart } from '@/lib/commands/postgres-server'
import { profileAction, profileCommand } from '@/lib/commands/profile-command'
import { endGraceMs, endGroupText, type Login } from '@/lib/commands/remote-shell'
import { anyValue, type RootForm, rootForm } from '@/lib/commands/root-rights'
import { makeFoldersFor, runnerFiles, type Sync, scheduleFiles, senderFiles } from '@/lib/commands/sync'
import {
  ensureKey,
  makeAccessDirectory,
  makePairDirectory,
  proveAccess,
  readKey,
  removeAccessDirectory,
  removeKey,
} from '@/lib/commands/sync-access'
import {
  copyGraceMs,
  endCopies,
  findCopy,
  findCron,
  findSchedule,
  firstCopy,
  forgetDirectory,
  forgetPackageAnswers,
  forgetPackageRuns,
  holdSchedule,
  isForgotten,
  keepPackagesNow,
  knowsNoPackages,
  pullNow,
  removeRecords,
  removeRecordsOf,
  removeRunner,
  removeSchedule,
  removeSender,
  startSchedule,
  stopSchedule,
} from '@/lib/commands/sync-runs'
import { findMarks, markSources, removeAllMarks, removeMarks } from '@/lib/commands/sync-sources'
import { bringTargetBack, findTargetAside, putTargetAside } from '@/lib/commands/sync-targets'
import {
  beginRestartUnit,
  disableUnit,
  enableUnit,
  restartUnit,
  startUnit,
  stopUnit,
} from '@/lib/commands/systemd'
import { appendTranscript } from '@/lib/commands/transcript'
import type { Host } from '@/lib/domain/host'
import { type HostLock, hostLockText } from '@/lib/domain/host-lock'
import { type PairPlaces, pairPlaces } from '@/lib/domain/host-places'
import { nestedIn } from '@/lib/domain/nested-directories'
import { packageKinds, packageListName, packageLogName } from '@/lib/domain/packages'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { asidePath } from '@/lib/domain/pair-names'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { runRecordsPath } from '@/lib/domain/sync-names'
import { transcriptPath } from '@/lib/domain/transcript'
import { newerFilesQuestion } from '@/lib/facts/newer-files'
import { pathsQuestion } from '@/lib/facts/path-survey'
import { kitScript } from '@/lib/operations/kit/kit-of'
import { adoptForms } from '@/lib/operations/rights/adopt-forms'
import { logForms } from '@/lib/operations/rights/log-forms'
import { hasSync, syncOf } from '@/lib/operations/sync-of'
import type { Profile } from '@/lib/profiles/schema'

/** Where a host's PostgreSQL is, as far as root's commands name it. */
export type RightsLayout = Pick<
  PostgresLayout,
  'unit' | 'startConf' | 'configFile' | 'binDirectory' | 'osUser' | 'socketDirectory' | 'port'
>

export type RightsGround = {
  /** The host whose rights these are, as one that is signed in to with sudo. */
  readonly host: Host
  readonly peer: Host
  readonly pair: Pair
  readonly profile: Profile
  /** Null where the pair leaves its database out. */
  readonly layout: RightsLayout | null
}

const { job, number, uuid, mark, machine, paths, instant } = anyValue

const lock: HostLock = {
  operationId: uuid,
  what: '',
  by: '',
  reason: '',
  since: '',
  dashboardId: '',
  from: '',
}

/** Locks, transcript, jobs and questions: the same for every pair but for its names. */
function commonForms(ground: RightsGround, at: PairPlaces, login: Login): readonly RootForm[] {
  const { profile, pair } = ground
  const bytes = Buffer.byteLength(hostLockText(lock))
  const take = (broken: string | null) => takeLock({ lock, machineId: machine, broken, place: at })
  const transcript = transcriptPath(profile.logDirectory)
  const lines = ['a line of the transcript']
  const logs = [
    transcript,
    ...pair.settings.directories.flatMap(({ id, log }) => [
      `${profile.logDirectory}/${log}`,
      runRecordsPath(at, id),
    ]),
  ]
  const owner = startJobCommand(job, asDatabaseOwner(sh`true`), login)
  return [
    rootForm('Whether anything is permitted', sh`true`),
    rootForm(
      'What of the pair is still there',
      findRemnants(at, { database: pair.scope.database, files: hasSync(ground) }),
    ),
    rootForm('Ends a command of ours that takes too long', {
      ...sh``,
      text: endGroupText('@@group@@', endGraceMs),
    }),
    rootForm('Holds the host for an operation', take(null), { bytes }),
    rootForm('Holds the host, instead of an operation that has ended', take(uuid), { bytes }),
    rootForm('Shows that the operation is at work', freshenLock(uuid, at)),
    rootForm('Lets the host go', releaseLock(uuid, at)),
    rootForm('Breaks the lock of an operation', breakLock(lock, at)),
    rootForm('Breaks a lock that can’t be read', breakLock(null, at)),
    rootForm('Appends to the transcript', appendTranscript(transcript, mark, lines, at), {
      bytes: Buffer.byteLength(lines.join('\n')),
    }),
    rootForm('How a job stands', jobStateCommand(job, login)),
    rootForm('What a job says', jobOutputCommand(job, number - 1, 256 * 1024, login)),
    rootForm('Ends a job', endJobCommand(job, number * 50, login)),
    rootForm('Forgets a job', forgetJobCommand(job, login)),
    ...(owner === null
      ? []
      : [
          rootForm('Starts a job of the database’s owner', owner, {
            bytes: Buffer.byteLength(owner.stdin ?? ''),
          }),
        ]),
    rootForm('Owners, sizes and free space', pathsQuestion([paths], number, true)),
    ...logs.flatMap(logForms),
  ]
}

const bootForms = (layout: RightsLayout | null): readonly RootForm[] =>
  layout === null || layout.startConf === null
    ? []
    : ['auto', 'manual', 'disabled'].map((state) =>
        rootForm(
          `How PostgreSQL starts at boot: ${state}`,
          setDebianStart(startConfPath(layout.configFile), state),
        ),
      )

/** Which way the files flow, where no database tells. */
const fileRoleForms = (at: PairPlaces): readonly RootForm[] => [
  rootForm('Role for the files: standby again', setFileRole(at, ['former', 'none'], 'standby')),
  ...(
    [
      ['standby', 'former'],
      ['none', 'primary'],
      ['none', 'standby'],
      ['standby', 'primary'],
      ['primary', 'former'],
      ['former', 'primary'],
    ] as const
  ).map(([from, to]) => rootForm(`Role for the files: from ${from} to ${to}`, setFileRole(at, [from], to))),
  ...(['primary', 'standby', 'former'] as const).map((role) =>
    rootForm(`Role for the files: no longer ${role}`, removeFileRole(at, role)),
  ),
]

/** Units, and what the profile's author wrote down. */
function applicationForms({ profile, layout, host, peer }: RightsGround, at: PairPlaces, login: Login) {
  const { unit, start, stop, check } = profile.application
  const units = [layout?.unit ?? null, unit].flatMap((name) => name ?? [])
  const hooks = profile.hooks.promoted.flatMap(({ title, command }) => {
    const addresses = { primary: host.address, formerPrimary: peer.address }
    const started = startJobCommand(job, hookCommand(at, command, addresses), login)
    return started === null ? [] : [rootForm(`Hook: ${title}`, started)]
  })
  return [
    ...units.flatMap((name) =>
      [stopUnit(name), startUnit(name), disableUnit(name), enableUnit(name)].map((command) =>
        rootForm(`Unit ${name}`, command),
      ),
    ),
    ...(layout?.unit
      ? [restartUnit(layout.unit), beginRestartUnit(layout.unit)].map((command) =>
          rootForm(`Unit ${layout.unit}`, command),
        )
      : []),
    ...bootForms(layout),
    ...(check === null ? [] : [rootForm('The application’s check', profileCommand(at, check))]),
    ...[start, stop].flatMap((command) =>
      command === null ? [] : [rootForm('The application’s start or stop', profileAction(at, command))],
    ),
    ...hooks,
  ]
}

/** Files of ours with exactly this content, and their folders. */
const fileForms = (files: readonly FileToWrite[]): readonly RootForm[] => [
  rootForm('Folders of our files', makeFoldersFor(files, 'root')),
  ...files.flatMap((file) => [
    rootForm(`Writes ${file.path}`, writeFileCommand(file, 'sudo')),
    rootForm(`Reads ${file.path}`, readFileCommand(file.path, 'sudo')),
  ]),
]

function passwordForms(at: PairPlaces, { osUser }: RightsLayout): readonly RootForm[] {
  const content = 'a password'
  const password = passfile(at, osUser, content)
  return [
    rootForm('The pair’s directory', makePairDirectory(at)),
    rootForm('Keeps the password of replication', writeFileCommand(password, 'sudo'), {
      bytes: Buffer.byteLength(content),
    }),
    rootForm('Compares the password of replication', readFileCommand(password.path, 'sudo')),
    rootForm('Removes the password of replication', removePassfile(at)),
  ]
}

/**
 * The lists of the primary's packages. What is missing is not installed by these rights: whoever may have root install a package by its
 * name is root.
 */
function packageForms({ profile, pair }: RightsGround, at: PairPlaces): readonly RootForm[] {
  if (pair.scope.packages !== true) return []
  const { pip } = profile.packages
  const content = 'a list'
  const lines = ['a line of the record']
  const lists = packageKinds.flatMap((kind) => {
    const path = `${profile.logDirectory}/${packageListName(kind)}`
    const log = `${profile.logDirectory}/${packageLogName(kind)}`
    const aside = asidePath(path, mark)
    const file: FileToWrite = { path, content, mode: '0644', owner: at.owner, isSecret: false }
    return [
      rootForm(`Makes room for the list of packages (${kind})`, makeRoomForList(at, path, aside)),
      rootForm('Keeps that list', writeFileCommand(file, 'sudo'), { bytes: Buffer.byteLength(content) }),
      rootForm('Reads that list', readFileCommand(path, 'sudo')),
      rootForm('Takes that list away', bringListBack(at, path, aside)),
      rootForm(`Appends to the log of packages (${kind})`, appendTranscript(log, mark, lines, at), {
        bytes: Buffer.byteLength(lines.join('\n')),
      }),
      ...[path, log].flatMap(logForms),
    ]
  })
  return [...(pip ? [rootForm('Lists what pip has', listPackages('pip', at, pip))] : []), ...lists]
}

/** Where the old data of the standby is, in either part of it. */
function keptForms(at: PairPlaces): readonly RootForm[] {
  const content = '{}'
  const file = keptDataFile(at, mark, content)
  return [
    rootForm('Folder of the note of old data', makeFoldersFor([file], 'root')),
    rootForm('Notes where old data is', writeFileCommand(file, 'sudo'), {
      bytes: Buffer.byteLength(content),
    }),
    rootForm('Reads that note', readFileCommand(file.path, 'sudo')),
    rootForm('Removes that note', removeKeptData(at, mark)),
    rootForm('Reads all notes', readKeptNotes(at)),
  ]
}

/** The break-glass kit: what root may run later has exactly this text. */
function kitForms({ host, peer, pair, profile, layout }: RightsGround, at: PairPlaces): readonly RootForm[] {
  const script = kitScript({ pair, profile, hosts: { primary: peer, standby: host }, layout })
  const content = 'some text'
  const others = [`${kitDirectory(at)}/RUNBOOK.md`, kitIdentifierPath(at)]
  return [
    ...fileForms([script]),
    ...others.flatMap((path) => [
      rootForm(
        `Writes ${path}`,
        writeFileCommand({ path, content, mode: '0644', owner: at.owner, isSecret: false }, 'sudo'),
        { bytes: Buffer.byteLength(content) },
      ),
      rootForm(`Reads ${path}`, readFileCommand(path, 'sudo')),
    ]),
    rootForm('Reads what a promotion by hand left', readFileCommand(kitRecordPath(at), 'sudo')),
    rootForm('Removes the break-glass kit', removeKit(at)),
  ]
}

/** Whether it gets another name, or its content moves within it, is known only when a create is planned. */
const targetForms = (at: PairPlaces, { id, path, title }: DirectorySetting): readonly RootForm[] =>
  [false, true].flatMap((staysInPlace) => {
    const target = { id, path, staysInPlace }
    const what = staysInPlace ? `${title}, within it` : title
    return [
      rootForm(`${what}: puts it aside`, putTargetAside(at, target, mark)),
      rootForm(`${what}: whether it is put aside`, findTargetAside(at, target, mark)),
      rootForm(`${what}: brings it back`, bringTargetBack(at, target, mark)),
      rootForm(
        `${what}: brings it back and keeps the copy`,
        bringTargetBack(at, target, mark, { keepsCopy: true }),
      ),
    ]
  })

/** What a standby keeps packages by. Names of packages go in as data: none is installed but what the primary has, from the host's own sources. */
function keptPackageForms({ packages, places: { standby: at } }: Sync, login: Login): readonly RootForm[] {
  if (packages === null) return []
  const now = startJobCommand(job, keepPackagesNow(at, [{ kind: 'deb', name: 'a', version: '1' }]), login)
  return [
    rootForm('Keeps the lists of packages now', keepPackagesNow(at, [])),
    rootForm('Keeps no packages any more', forgetPackageRuns(at)),
    rootForm('Whether packages are kept', knowsNoPackages(at, 'standby')),
    ...(now === null
      ? []
      : [rootForm('Keeps the packages now', now, { bytes: Buffer.byteLength(now.stdin ?? '') })]),
  ]
}

function standbyForms(sync: Sync, login: Login): readonly RootForm[] {
  const at = sync.places.standby
  const ids = sync.directories.map(({ id }) => id)
  const jobOf = (command: Command) => startJobCommand(job, command, login)
  return [
    rootForm('Makes the key of the file sync', ensureKey(at)),
    rootForm('Its public part', readKey(at)),
    rootForm('Removes it', removeKey(at)),
    rootForm('What the primary answers to it', proveAccess(sync)),
    ...fileForms(runnerFiles(sync)),
    ...fileForms(scheduleFiles(sync)),
    ...Object.values(copyGraceMs).map((graceMs) =>
      rootForm('Stops the schedule and ends copies that run', stopSchedule(at, ids, graceMs)),
    ),
    rootForm('Stops the schedule, and lets copies that run end', holdSchedule(at)),
    rootForm('Starts the schedule', startSchedule(at)),
    rootForm('Whether there is a schedule', findSchedule(at)),
    rootForm('Removes the schedule', removeSchedule(at)),
    rootForm('Whether cron runs', findCron(at)),
    rootForm('Forgets all runs', removeRecords(at)),
    rootForm('Removes the file sync', removeRunner(at)),
    rootForm('Ends copies that run', endCopies(at, ids)),
    ...keptPackageForms(sync, login),
    ...sync.directories.flatMap((directory) => {
      const { id, path, title } = directory
      const jobs = [jobOf(firstCopy(at, id)), jobOf(pullNow(at, id))].flatMap((command) => command ?? [])
      return [
        ...jobs.map((command) => rootForm(`${title}: copies it`, command)),
        rootForm(`${title}: ends its copy`, endCopies(at, [id])),
        rootForm(`${title}: whether it was copied`, findCopy(at, path)),
        rootForm(`${title}: copies it no more`, forgetDirectory(at, id)),
        rootForm(`${title}: whether it is copied no more`, isForgotten(at, id)),
        rootForm(`${title}: forgets its runs`, removeRecordsOf(at, id)),
        ...targetForms(at, directory),
      ]
    }),
  ]
}

function primaryForms(sync: Sync): readonly RootForm[] {
  const at = sync.places.primary
  const { directories } = sync
  const searched = directories.map((directory) => ({
    ...directory,
    nested: nestedIn(directory, directories),
    since: instant,
  }))
  return [
    ...fileForms(senderFiles(sync)),
    rootForm('Counts what is newer than the last good sync', newerFilesQuestion(at, searched)),
    rootForm('Marks what may be sent', markSources(sync, mark)),
    rootForm('Whether it is marked', findMarks(sync)),
    rootForm('Takes the marks of an operation away', removeMarks(sync, mark)),
    rootForm('Takes the marks of this pair away', removeAllMarks(at, sync.directories)),
    rootForm('Removes the program that sends', removeSender(at)),
    ...(sync.packages
      ? [
          rootForm('Says no more which packages it has', forgetPackageAnswers(at)),
          rootForm('Whether it says which packages it has', knowsNoPackages(at, 'primary')),
        ]
      : []),
    rootForm('A place for the login’s own keys as they were', makeAccessDirectory(at, sync.primary.user)),
    rootForm('Removes that place', removeAccessDirectory(at)),
  ]
}

/**
 * Everything that operations and the watch do as root on one host of a pair, in either role. Made by the builders of the commands
 * themselves, so that what is permitted is what runs. Throws HOST_KEY_UNCONFIRMED, INVALID_INPUT.
 */
export function rootForms(ground: RightsGround): readonly RootForm[] {
  const { host, peer, pair, profile, layout } = ground
  const at = pairPlaces(host, pair.slug)
  const login: Login = { user: host.user, privilege: 'sudo', databaseOwner: profile.postgres.osUser }
  const layouts = { standby: layout }
  const files = () => {
    const asStandby = syncOf({ pair, profile, hosts: { primary: peer, standby: host }, layouts })
    const asPrimary = syncOf({ pair, profile, hosts: { primary: host, standby: peer }, layouts })
    return [...standbyForms(asStandby, login), ...primaryForms(asPrimary)]
  }
  return [
    ...commonForms(ground, at, login),
    ...applicationForms(ground, at, login),
    ...keptForms(at),
    ...kitForms(ground, at),
    ...packageForms(ground, at),
    ...adoptForms(pair, at),
    ...(layout === null ? fileRoleForms(at) : passwordForms(at, layout)),
    ...(hasSync(ground) ? files() : []),
  ]
}
