import { startsApplication, startsPostgres } from '@/lib/commands/boot-lines'
import { asDatabaseOwner, asRoot, type Command, sh } from '@/lib/commands/command'
import { bootLines } from '@/lib/commands/crontab'
import { profileCommand } from '@/lib/commands/profile-command'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import { type AppError, type ErrorCode, hasCode, toPublicError } from '@/lib/errors'
import {
  dataDirectoryQuestion,
  machineSurveyQuestion,
  parseDataDirectorySurvey,
  parseMachineSurvey,
} from '@/lib/facts/machine-survey'
import { parsePaths, pathsQuestion } from '@/lib/facts/path-survey'
import { parseServerSurvey, type ServerSurvey, serverSurveyQuestion } from '@/lib/facts/server-survey'
import { readCrontab } from '@/lib/operations/change-crontab'
import { type Asked, answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { DatabaseTarget, HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

const questionTimeoutMs = 20_000
/** How long the trees may be walked before their size and their owners are called unknown, seconds. */
const walkSeconds = 10

/** Nothing else can be asked of a host that fails in one of these ways. */
const noAccess: readonly ErrorCode[] = [
  'HOST_NAME_UNRESOLVED',
  'HOST_UNREACHABLE',
  'HOST_PORT_REFUSED',
  'HOST_TIMED_OUT',
  'HOST_CONNECTION_LOST',
  'HOST_KEY_UNCONFIRMED',
  'HOST_KEY_CHANGED',
  'HOST_AUTH_FAILED',
  'SECRET_UNREADABLE',
]

/** The owner's session on the host's own PostgreSQL, as the profile says where it is. */
export const ownerTarget = (postgres: Profile['postgres']): DatabaseTarget => ({
  identity: { as: 'owner' },
  database: 'postgres',
  port: postgres.port,
  socketDirectory: postgres.socketDirectory,
  osUser: postgres.osUser,
})

export async function askFor<T>(question: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { seen: true, value: await question() }
  } catch (error) {
    const { code, message, fix } = toPublicError(error)
    return { seen: false, why: { code, message, fix } }
  }
}

async function readServer(door: HostDoor, profile: Profile): Promise<ServerSurvey> {
  const session = await door.database(ownerTarget(profile.postgres))
  try {
    const { text, params } = serverSurveyQuestion
    return parseServerSurvey(await session.query(text, params, { timeoutMs: questionTimeoutMs }))
  } finally {
    await session.close()
  }
}

async function readClock(door: HostDoor, clock: Clock): Promise<{ offsetMs: number; errorMs: number }> {
  const before = clock.now().getTime()
  const { stdout } = await door.ask(sh`date +%s%3N`, { timeoutMs: 5_000 })
  const after = clock.now().getTime()
  const errorMs = (after - before) / 2
  return { offsetMs: Number(stdout.trim()) - (before + errorMs), errorMs }
}

async function readUid(door: HostDoor): Promise<number> {
  return Number((await door.runOrThrow(sh`id -u`, { timeoutMs: questionTimeoutMs })).stdout.trim())
}

const unasked = (why: { code: string; message: string; fix: string }) => ({ seen: false, why }) as const
const serverUnknown = {
  code: 'POSTGRES_DOWN',
  message: 'Not looked at, because PostgreSQL did not answer.',
  fix: '',
} as const

const leftOut = {
  code: 'NOT_FOUND',
  message: 'Not looked at: the database is left out of this pair.',
  fix: '',
} as const

/** Nothing else of a host that can't be reached, for that one reason. */
const unreached = (why: { code: string; message: string; fix: string }) => ({
  asRoot: unasked(why),
  asDatabaseOwner: unasked(why),
  server: unasked(why),
  data: unasked(why),
  paths: unasked(why),
  bootLines: null,
  crontabProblem: null,
  applicationHealthy: null,
  uid: null,
  clockOffsetMs: null,
  clockErrorMs: null,
})

/**
 * Everything that a preflight and a plan need to know of one host, in a few questions. Never throws for what the host
 * answers or does not answer: the reason is in the facts.
 */
export async function readHostFacts(given: {
  door: HostDoor
  host: Host
  profile: Profile
  /** Synced directories whose owner, size and file system are looked at. */
  directories: readonly string[]
  clock: Clock
  /** False where the pair leaves its database out: neither PostgreSQL nor its owner is then asked for anything. */
  asksServer?: boolean
}): Promise<HostFacts> {
  const { door, host, profile, directories, clock, asksServer = true } = given
  const named = {
    name: host.name,
    address: host.address,
    port: host.port,
    registeredMachineId: host.machineId,
    user: host.user,
    isUnprivileged: door.privilege === 'unprivileged',
  }
  const machine = await askFor(async () => {
    const { stdout } = await door.runOrThrow(machineSurveyQuestion(profile.application.unit), {
      timeoutMs: questionTimeoutMs,
    })
    return parseMachineSurvey(stdout)
  })
  if (!machine.seen && noAccess.includes(machine.why.code as AppError['code']))
    return { ...named, machine, ...unreached(machine.why) }
  const canRun = (command: Command) =>
    askFor(async () => {
      await door.runOrThrow(command, { timeoutMs: questionTimeoutMs })
      return true as const
    })
  const [root, owner, server, application, uid] = await Promise.all([
    canRun(asRoot(sh`true`)),
    asksServer ? canRun(asDatabaseOwner(sh`true`)) : unasked(leftOut),
    asksServer ? askFor(() => readServer(door, profile)) : unasked(leftOut),
    readApplication(door, host, profile),
    asksServer ? null : askFor(() => readUid(door)).then(answerOf),
  ])
  const [files, time] = await Promise.all([
    readFiles(door, answerOf(server), directories, root.seen),
    askFor(() => readClock(door, clock)).then(answerOf),
  ])
  return {
    ...named,
    machine,
    asRoot: root,
    asDatabaseOwner: owner,
    server,
    ...files,
    ...application,
    uid,
    clockOffsetMs: time?.offsetMs ?? null,
    clockErrorMs: time?.errorMs ?? null,
  }
}

/**
 * What can be told of an application without a unit; nothing where it has one. A check that does not end in time does not pass; why a
 * crontab can't be read is told.
 */
async function readApplication(
  door: HostDoor,
  host: Host,
  { application }: Profile,
): Promise<Pick<HostFacts, 'bootLines' | 'crontabProblem' | 'applicationHealthy'>> {
  const isOurs = (line: string) => startsApplication(line, application.start) || startsPostgres(line, null)
  const found = await readBootLines(door, isOurs)
  if (application.unit !== null || application.check === null) return { ...found, applicationHealthy: null }
  const check = profileCommand(hostPlaces(host), application.check)
  const answer = await askFor(() => door.run(check, { timeoutMs: questionTimeoutMs }))
  return { ...found, applicationHealthy: answerOf(answer)?.exitCode === 0 }
}

async function readBootLines(
  door: HostDoor,
  isOurs: (line: string) => boolean,
): Promise<Pick<HostFacts, 'bootLines' | 'crontabProblem'>> {
  if (door.privilege !== 'unprivileged') return { bootLines: null, crontabProblem: null }
  const crontab = await askFor(() => readCrontab(door))
  return crontab.seen
    ? { bootLines: bootLines(crontab.value).filter(isOurs), crontabProblem: null }
    : { bootLines: null, crontabProblem: crontab.why.message }
}

async function readFiles(
  door: HostDoor,
  server: ServerSurvey | null,
  directories: readonly string[],
  privileged: boolean,
): Promise<Pick<HostFacts, 'data' | 'paths'>> {
  const data = server
    ? await askFor(async () => {
        const question = dataDirectoryQuestion(server.dataDirectory, server.configFile)
        const { stdout } = await door.runOrThrow(question, { timeoutMs: questionTimeoutMs })
        return parseDataDirectorySurvey(stdout)
      })
    : unasked(serverUnknown)
  const wal = answerOf(data)?.walDirectory ?? ''
  const all = new Set([
    ...(server ? [server.dataDirectory] : []),
    ...(wal === '' ? [] : [wal]),
    ...directories,
  ])
  const paths = await askFor(async () => {
    if (all.size === 0) return []
    const question = pathsQuestion([...all], walkSeconds, privileged)
    const timeoutMs = 2 * walkSeconds * 1_000
    return [...parsePaths((await door.runOrThrow(question, { timeoutMs })).stdout)]
  })
  return { data, paths }
}

/** Whether the reason of an error is that the host can't be reached at all. */
export const isNoAccess = (error: unknown): error is AppError => hasCode(error, ...noAccess)
