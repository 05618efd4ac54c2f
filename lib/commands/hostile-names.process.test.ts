import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { buildConninfo } from '@/lib/commands/conninfo'
import { dataMoves } from '@/lib/commands/data-moves'
import { disableStart, restoreStart } from '@/lib/commands/fence'
import { readFileCommand, writeFileCommand } from '@/lib/commands/file'
import { readFileRole, removeFileRole, setFileRole } from '@/lib/commands/file-role'
import {
  foundLinesQuestion,
  holdFoundLines,
  releaseFoundLines,
  runningCopies,
} from '@/lib/commands/found-lines'
import {
  bringReachBack,
  endRotation,
  isExchangeSettled,
  isNewKeyPlaced,
  isOneAuthorization,
  isRotationOver,
  keepOneAuthorization,
  keepReach,
  makeNewKey,
  placeNewKey,
  proveReading,
  putOldKeyBack,
  readNewKey,
  tryOldKeys,
} from '@/lib/commands/key-rotation'
import { logChunk } from '@/lib/commands/log-chunk'
import { bringTablespaceBack, findTablespacePlaced, placeTablespace } from '@/lib/commands/move-tablespace'
import {
  bringListBack,
  ensurePairDirectory,
  forgetPackages,
  installPackages,
  makeRoomForList,
  offeredDeb,
  removePackages,
  simulateDeb,
} from '@/lib/commands/packages'
import { baseBackup, trialBackup } from '@/lib/commands/postgres-backup'
import {
  controlData,
  killPostgres,
  postgresStatus,
  restartPostgres,
  startPostgres,
  stopPostgres,
} from '@/lib/commands/postgres-server'
import {
  addAuthorization,
  findAuthorization,
  makeAccessDirectory,
  proveAccess,
  removeAuthorization,
  takeBackAuthorization,
} from '@/lib/commands/sync-access'
import { endCopies, findCopy } from '@/lib/commands/sync-runs'
import { findMarks, markSources, removeAllMarks, removeMarks } from '@/lib/commands/sync-sources'
import { bringTargetBack, findTargetAside, putTargetAside } from '@/lib/commands/sync-targets'
import { disableUnit, enableUnit, readUnit, startUnit, stopUnit } from '@/lib/commands/systemd'
import { asidePlaceQuestion } from '@/lib/facts/aside-place'
import { fenceQuestion } from '@/lib/facts/fence-facts'
import { asksListening, postgresAnswers, routeTo, sshKeysSeen } from '@/lib/facts/link-survey'
import { machineInventory } from '@/lib/facts/machine-inventory'
import { machineParityQuestion } from '@/lib/facts/machine-parity'
import { machinePulse } from '@/lib/facts/machine-pulse'
import { dataDirectoryQuestion, machineSurveyQuestion } from '@/lib/facts/machine-survey'
import { newerFilesQuestion } from '@/lib/facts/newer-files'
import { ownerNamesQuestion } from '@/lib/facts/owner-names'
import { pathsQuestion } from '@/lib/facts/path-survey'
import { askPeerPostgres } from '@/lib/facts/peer-postgres'
import { replicationToolsQuestion } from '@/lib/facts/replication-tools'
import { serverIdentityQuestion } from '@/lib/facts/server-identity'
import { standbyPlacesQuestion } from '@/lib/facts/standby-places'
import { hostileNames } from '@/test/harness/hostile-text'
import { phantomPlaces, rootPlaces } from '@/test/harness/places'

/**
 * Every builder of commands, given a name that tries to run `canary`, in a real shell whose every program only says what it was
 * given. The programs are links to one script, so nothing on this machine is touched.
 */
let folder: string
let said: string
const programs = `
  awk basename cat chmod chown cmp cp crontab cut date df dirname du env find getconf ip
  locale nice flock getent grep head install apt-get apt-cache dpkg dnf rpm pip ls mkdir
  mktemp mv pg_isready pgrep pkill ps readlink rm rmdir sed sh sleep sort ssh ssh-keygen
  ssh-keyscan sha256sum stat sync systemctl tail tee timeout touch tr uname wc base64 rsync reboot id
  canary`
  .trim()
  .split(/\s+/)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-hostile-'))
  said = join(folder, 'said')
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const program of programs) {
    const text = `#!/bin/sh\nprintf '%s\\0' ${program} "$@" >>'${said}'\nprintf '\\1' >>'${said}'\n`
    // `dirname` answers, because one question goes up from a path until something is there.
    writeFileSync(join(bin, program), program === 'dirname' ? `${text}exec /usr/bin/dirname "$@"\n` : text)
    chmodSync(join(bin, program), 0o755)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The words that each program was started with. */
function wordsHeard(text: string): readonly (readonly string[])[] {
  writeFileSync(said, '')
  try {
    execFileSync('/bin/sh', ['-c', text], {
      cwd: folder,
      input: '',
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: join(folder, 'bin'), NODE_ENV: 'test' },
      timeout: 20_000,
    })
  } catch {
    // The programs answer nothing, so that most commands end with an error of their own: what they were given counts.
  }
  return readFileSync(said, 'utf8')
    .split('\x01')
    .filter(Boolean)
    .map((call) => call.split('\0').slice(0, -1))
}

const layout = (name: string) => ({
  versionNum: 150018,
  systemIdentifier: '7',
  walSegmentBytes: 16_777_216,
  hbaFile: '/etc/pg_hba.conf',
  osUser: 'postgres',
  port: 5432,
  socketDirectory: '/run',
  unit: null,
  startConf: null,
  binDirectory: join(folder, 'bin'),
  dataDirectory: `/nowhere/${name}`,
  configFile: `/nowhere/${name}/postgresql.conf`,
  serverLog: `/nowhere/${name}/server.log`,
})
const at = rootPlaces('ledger')
const directoryOf = (path: string) => ({
  id: 'vault',
  title: 'Vault',
  path,
  log: 'x.log',
  schedule: '* * * * *',
})
const inventory = (name: string) => ({
  places: at,
  dataDirectory: `/nowhere/${name}`,
  application: { unit: name, versionFile: `/nowhere/${name}`, versionCommand: null },
  directories: [`/nowhere/${name}`],
})

const phantomAt = (home: string) => ({ ...at, state: `/nowhere/${home}` })

/** Builders by what the hostile name is to them. The path of each begins with a slash, as every schema demands. */
const builders: Readonly<Record<string, (name: string) => Command | readonly (Command | null)[]>> = {
  'a data directory of pg_ctl': (name) => [
    stopPostgres(layout(name)),
    startPostgres(layout(name)),
    restartPostgres(layout(name)),
    postgresStatus(layout(name)),
    controlData(layout(name), `/nowhere/${name}`),
    killPostgres(layout(name)),
  ],
  'a data directory that is renamed, or whose entries are': (name) =>
    [true, false].flatMap((isMount) => {
      const directory = `/nowhere/${name}`
      const place = { directory, isMount, aside: `${directory}.aside`, copy: `${directory}.copy` }
      return Object.values(dataMoves(place))
    }),
  'a base backup’s target and connection': (name) => {
    const given = {
      binDirectory: join(folder, 'bin'),
      target: `/nowhere/${name}`,
      conninfo: buildConninfo({ host: 'fd00::1', application_name: name }),
      tablespaces: [{ location: `/nowhere/${name}`, copy: `/nowhere/${name}.copy` }],
    }
    const compression = { method: 'server-lz4', sentence: name }
    return [
      baseBackup({ ...given, slot: name, compression }),
      trialBackup({ ...given, method: 'server-lz4' }),
    ]
  },
  'the place of a tablespace': (name) => {
    const location = `/nowhere/${name}`
    const plan = { name, oid: '1', location, aside: `${location}.aside`, copy: `${location}.copy` }
    return [
      placeTablespace(plan, `${location}.link`),
      bringTablespaceBack(plan, `${location}.link`),
      findTablespacePlaced(plan, `${location}.link`),
    ]
  },
  'a unit': (name) => [stopUnit, startUnit, disableUnit, enableUnit, readUnit].map((build) => build(name)),
  'the unit of a fence': (name) => [
    disableStart({ ...layout('x'), unit: name }),
    restoreStart({ ...layout('x'), unit: name }),
    disableStart({ ...layout(name), startConf: 'auto' }),
  ],
  'a file’s path': (name) => [
    readFileCommand(`/nowhere/${name}`, 'root'),
    writeFileCommand(
      { path: `/nowhere/${name}`, content: 'x', mode: '0600', owner: 'root:root', isSecret: false },
      'root',
    ),
  ],
  'a log’s path': (name) => logChunk({ path: `/nowhere/${name}`, offset: 0, limit: 10, file: '1:2' }),
  'a directory that is put aside': (name) =>
    [putTargetAside, findTargetAside, bringTargetBack].flatMap((build) =>
      [false, true].map((staysInPlace) =>
        build(at, { id: 'vault', path: `/nowhere/${name}`, staysInPlace }, '0a1b2c3d'),
      ),
    ),
  'a directory that is marked': (name) => {
    const sync = { places: { primary: at, standby: at }, directories: [directoryOf(`/nowhere/${name}`)] }
    return [
      markSources(sync, '0a1b2c3d'),
      findMarks(sync),
      removeMarks(sync, '0a1b2c3d'),
      removeAllMarks(at, sync.directories),
    ]
  },
  'a table of cron’s with lines of somebody else’s': (name) =>
    [
      { kind: 'file' as const, path: `/nowhere/${name}` },
      { kind: 'crontab' as const, user: name },
    ].flatMap((table) =>
      [holdFoundLines, releaseFoundLines, foundLinesQuestion].map((build) => build(table, [name], name)),
    ),
  'paths and scripts of a job that is looked for': (name) =>
    runningCopies(at, { paths: [`/nowhere/${name}`], scripts: [`/nowhere/${name}`] }),
  'what made a replication, asked where it would lie': (name) =>
    replicationToolsQuestion({
      dataDirectory: `/nowhere/${name}`,
      ...{
        passwordFiles: [`/nowhere/${name}`],
        programDirectories: [`/nowhere/${name}`],
        logDirectories: [name],
      },
    }),
  'a directory that a copy has filled': (name) => findCopy(at, `/nowhere/${name}`),
  'a user and a line of authorized_keys': (name) => [
    makeAccessDirectory(at, name),
    addAuthorization(at, name, `restrict ssh-ed25519 AAAA ${name}`),
    findAuthorization(name, `restrict ssh-ed25519 AAAA ${name}`),
    removeAuthorization(at, name),
    addAuthorization(phantomPlaces('ledger'), name, name),
    takeBackAuthorization(at, name, name, 'rotation-0a1b2c3d'),
    keepOneAuthorization(at, name, name),
    isOneAuthorization(at, name, name),
  ],
  'a home in which a key is rotated': (name) =>
    [makeNewKey, readNewKey, placeNewKey, isNewKeyPlaced, putOldKeyBack, keepReach, bringReachBack]
      .map((build) => build(phantomAt(name), '0a1b2c3d'))
      .concat([endRotation, isRotationOver].map((build) => build(phantomAt(name))))
      .concat(isExchangeSettled(phantomAt(name), ['vault'])),
  'a host’s role for the files': (name) => [
    setFileRole(phantomAt(name), ['none'], 'standby'),
    readFileRole(phantomAt(name)),
    removeFileRole(phantomAt(name), 'standby'),
  ],
  'a package, its version and where its list is kept': (name) => [
    ...(['deb', 'rpm', 'pip'] as const).flatMap((kind) => [
      installPackages(kind, at, { command: 'pip', user: false, wheelDirectory: `/nowhere/${name}` }, [
        { name, version: name },
      ]),
      removePackages(kind, at, { command: 'pip', user: false, wheelDirectory: null }, [name]),
    ]),
    offeredDeb([name]),
    simulateDeb([{ name, version: name }]),
    makeRoomForList(at, `/nowhere/${name}`, `/nowhere/${name}.aside`),
    bringListBack(at, `/nowhere/${name}`, `/nowhere/${name}.aside`),
    ensurePairDirectory(phantomAt(name)),
    forgetPackages(phantomAt(name), `/nowhere/${name}`),
  ],
  'a copy that is ended': (name) => endCopies(at, [name]),
  'a primary that is signed in to': (name) => {
    const sync = {
      places: { primary: at, standby: phantomAt(name) },
      primary: { address: name, port: 22, user: name, hostKey: 'x' },
      directories: [{ ...directoryOf('/nowhere'), id: 'vault' }],
    }
    return [proveAccess(sync), proveReading(sync, '0a1b2c3d'), tryOldKeys(sync)]
  },
  'an address that is asked': (name) => [
    postgresAnswers(join(folder, 'bin'), name, 5432),
    sshKeysSeen(name, 22, null),
    sshKeysSeen(name, 22, 'ssh-ed25519 AAAA'),
    routeTo(name),
    asksListening(name, 22),
    askPeerPostgres({ address: name, port: 5432 }, `/opt/${name}`),
  ],
  'units in the survey of a machine': (name) => machineSurveyQuestion(name),
  'what must suit the other machine': (name) => [
    machineParityQuestion({ versionFile: `/nowhere/${name}`, versionCommand: null }),
    ownerNamesQuestion({ users: ['0', name], groups: [name] }),
  ],
  'paths in the survey of a machine': (name) => pathsQuestion([`/nowhere/${name}`], 1, false),
  'places in the survey of a server': (name) => [
    dataDirectoryQuestion(`/nowhere/${name}`, `/nowhere/${name}/postgresql.conf`),
    serverIdentityQuestion({ dataDirectory: `/nowhere/${name}`, binDirectory: join(folder, 'bin') }),
    fenceQuestion({ ...layout(name), startConfPath: `/nowhere/${name}`, unit: name }),
    standbyPlacesQuestion({
      ...layout(name),
      copy: `/nowhere/${name}.copy`,
      aside: `/nowhere/${name}.aside`,
      isMount: name.length % 2 === 0,
    }),
    asidePlaceQuestion(`/nowhere/${name}`, `/nowhere/${name}/data`),
  ],
  'a directory that is searched for newer files': (name) =>
    newerFilesQuestion(at, [
      { id: 'vault', path: folder, nested: [`/${name}`], since: '2026-11-25T14:07:01.000Z' },
      { id: 'gone', path: `/nowhere/${name}`, nested: [], since: '2026-11-25T14:07:01.000Z' },
    ]),
  'places in what is asked every second': (name) =>
    machinePulse({ places: at, directoryIds: ['vault'], port: 5432, socketDirectory: `/nowhere/${name}` }),
  'places in what is asked now and then': (name) => machineInventory(inventory(name)),
}

/** Names that run something where a quote is missing, each with the usual hostile ones around it. */
const attacks: readonly string[] = [
  '$(canary)',
  '`canary`',
  "'; canary; '",
  '"; canary; "',
  '\ncanary\n',
  '& canary &',
  '| canary',
  '"$(canary)"',
  "'$(canary)'",
  '; canary #',
  '\\"; canary; \\"',
  ...hostileNames.filter((name) => name !== '').map((name) => `${name}$(canary)`),
]

test.each(Object.entries(builders))('%s that is a name made to attack runs nothing', (_, build) => {
  const built = attacks.map((name) => {
    const made = build(name)
    return (Array.isArray(made) ? made : [made]).flatMap((command) => (command ? [command.text] : []))
  })
  // One shell for all: each command in its own subshell, so that an `exit` ends only itself.
  const calls = wordsHeard(
    built
      .flat()
      .map((text) => `(\n${text}\n)`)
      .join('\n'),
  )
  expect(calls.filter(([program]) => program === 'canary')).toEqual([])
  expect(readdirSync(folder).toSorted()).toEqual(['bin', 'said'])
})

test.each(Object.entries(builders))('%s reaches programs whole, in one word', (_, build) => {
  const name = `-x it's $(canary) "x" *`
  const made = build(name)
  const texts = (Array.isArray(made) ? made : [made]).flatMap((command) => (command ? [command.text] : []))
  for (const text of texts) {
    const words = wordsHeard(`(\n${text}\n)`).flat()
    const parts = words.filter((word) => word.includes('canary') || word === '-x' || word === '$(canary)')
    for (const word of parts) expect(word).toMatch(/-x it(')?.*s \$\(canary\) "x" \\?\*/)
  }
})

test('the proof finds a builder that does not quote', () => {
  const careless = (name: string) => `cat -- /nowhere/${name}`
  const calls = wordsHeard(attacks.map((name) => `(\n${careless(name)}\n)`).join('\n'))
  expect(calls.filter(([program]) => program === 'canary').length).toBeGreaterThan(0)
})
