import { hbaBlockOf } from '@/lib/commands/postgres-hba'
import { hasAutoConf } from '@/lib/commands/postgres-standby'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { chooseRepairWay, type PrimaryLine, type StandbyData } from '@/lib/domain/repair-way'
import { AppError, toPublicError } from '@/lib/errors'
import { parsePostgresAnswers, postgresAnswers } from '@/lib/facts/link-survey'
import { dataDirectoryQuestion, parseDataDirectorySurvey } from '@/lib/facts/machine-survey'
import { parsePaths, pathsQuestion } from '@/lib/facts/path-survey'
import { parsePrimaryLine, primaryLineQuestion } from '@/lib/facts/primary-line'
import { parseRestingData, type RestingData, restingDataQuestion } from '@/lib/facts/resting-data'
import { createNames } from '@/lib/operations/create/basis'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { readCreateFacts } from '@/lib/operations/create/read-create-facts'
import { layoutsOf } from '@/lib/operations/last-layout'
import type { PlanReader } from '@/lib/operations/pair-planners'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { askFor, ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import type { RepairedDatabase, RepairFacts } from '@/lib/operations/repair/facts'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { HostDoor } from '@/lib/ports/host-door'
import type { PairPlanGround } from '@/lib/ports/planners'

const timeoutMs = 60_000
const walkSeconds = 10
/** How many of a pair's latest operations are searched for where the standby's PostgreSQL was. */
const searchedMax = 20

export type RepairReadGround = Pick<PairPlanGround, 'pair' | 'profile' | 'hosts' | 'operationId'> &
  Pick<PlanReader, 'clock' | 'operations'> & { readonly doors: Readonly<Record<Role, HostDoor>> }

async function readLine({ doors, profile }: RepairReadGround): Promise<PrimaryLine> {
  const session = await doors.primary.database(ownerTarget(profile.postgres))
  try {
    return parsePrimaryLine(await session.query(primaryLineQuestion))
  } finally {
    await session.close()
  }
}

const readResting = async (door: HostDoor, layout: PostgresLayout): Promise<RestingData> =>
  parseRestingData((await door.runOrThrow(restingDataQuestion(layout), { timeoutMs })).stdout)

/**
 * Where the standby's PostgreSQL is that does not answer: the first place in which its own data lie, of those where plans saw it and where
 * the primary has its own (the hosts are alike); else the first of them.
 */
async function findPlace(
  { doors, hosts, operations, pair }: RepairReadGround,
  primary: PostgresLayout,
): Promise<{ layout: PostgresLayout; resting: RestingData }> {
  const known = layoutsOf(await operations.listOfPair(pair.id, searchedMax), hosts.standby)
  const [first = primary, ...rest] = [...known, primary]
  const seen = new Set([first.dataDirectory])
  const last = { layout: first, resting: await readResting(doors.standby, first) }
  if (last.resting.control) return last
  for (const layout of rest) {
    if (seen.has(layout.dataDirectory)) continue
    seen.add(layout.dataDirectory)
    const resting = await readResting(doors.standby, layout)
    if (resting.control?.systemIdentifier === primary.systemIdentifier) return { layout, resting }
  }
  return last
}

/** What a survey of a running server tells beside it, of the directory of one that does not run. */
async function surveyAtRest(
  door: HostDoor,
  layout: PostgresLayout,
  directories: readonly string[],
): Promise<Pick<CreateFacts['standby'], 'data' | 'paths'>> {
  const { dataDirectory, configFile, binDirectory, unit, startConf, osUser } = layout
  const data = await askFor(async () => {
    const question = dataDirectoryQuestion(dataDirectory, configFile)
    const found = parseDataDirectorySurvey((await door.runOrThrow(question, { timeoutMs })).stdout)
    return { ...found, binDirectory, unit, startConf, owner: found.owner || osUser, serverLog: null }
  })
  const paths = await askFor(async () => {
    const question = pathsQuestion([...new Set([dataDirectory, ...directories])], walkSeconds, true)
    return [...parsePaths((await door.runOrThrow(question, { timeoutMs })).stdout)]
  })
  return { data, paths }
}

/** How the data stand to the primary's; `conninfo`: what they must be told to follow. */
async function toStandbyData(
  door: HostDoor,
  { dataDirectory }: PostgresLayout,
  { control, lastLsn, signal }: RestingData,
  { systemIdentifier, conninfo, isMount }: { systemIdentifier: string; conninfo: string; isMount: boolean },
): Promise<StandbyData> {
  if (control === null)
    return { kind: 'unreadable', why: `${dataDirectory} has no control file that can be read` }
  if (control.systemIdentifier !== systemIdentifier)
    return { kind: 'other', systemIdentifier: control.systemIdentifier }
  const autoConf = (await door.readFile(`${dataDirectory}/postgresql.auto.conf`, 'database-owner')) ?? ''
  return {
    kind: 'ours',
    timeline: control.timeline,
    redoLsn: control.redoLsn,
    lastLsn,
    isAttached: signal !== null && hasAutoConf(autoConf, { primary_conninfo: conninfo }),
    // What is kept aside must not lie in what is rewound: a file system's root has no place beside it.
    canRewind: (control.hasChecksums || control.logsHints) && !isMount,
  }
}

/** Whether the primary's PostgreSQL answers the standby; asked by the programs of a server that does not run itself. */
async function readAnswer(
  { doors, hosts }: RepairReadGround,
  { binDirectory }: PostgresLayout,
  port: number,
): Promise<CreateFacts['link']['postgres']> {
  const question = postgresAnswers(binDirectory, hosts.primary.address, port)
  return parsePostgresAnswers((await doors.standby.run(question, { timeoutMs })).exitCode)
}

/** The lines of ours in each host's pg_hba.conf: an undo puts them back. */
async function readHbaBlocks(
  { doors, pair }: RepairReadGround,
  layouts: Readonly<Record<Role, PostgresLayout>>,
): Promise<RepairedDatabase['hbaBlocks']> {
  const read = async (role: Role) => {
    const content = await doors[role].readFile(layouts[role].hbaFile, 'database-owner')
    return content === null ? null : hbaBlockOf(content, pair.slug)
  }
  return { primary: await read('primary'), standby: await read('standby') }
}

async function readDatabase(
  ground: RepairReadGround,
  facts: CreateFacts,
  primary: PostgresLayout,
): Promise<{ database: RepairedDatabase } & Pick<CreateFacts, 'standby' | 'link'>> {
  const { doors, hosts, pair } = ground
  const running = postgresLayoutOf(facts.standby, hosts.standby)
  const { layout, resting } = running
    ? { layout: running, resting: await readResting(doors.standby, running) }
    : await findPlace(ground, primary)
  const directories = pair.scope.files ? pair.settings.directories.map(({ path }) => path) : []
  const standby = running
    ? facts.standby
    : { ...facts.standby, ...(await surveyAtRest(doors.standby, layout, directories)) }
  const input = inputOf(pair)
  const layouts = {
    primary,
    standby: { ...layout, systemIdentifier: resting.control?.systemIdentifier ?? '' },
  }
  const { streamConninfo, isMount } = createNames({ ...ground, input, layouts, facts: { ...facts, standby } })
  const line = await readLine(ground)
  const data = await toStandbyData(doors.standby, layout, resting, {
    systemIdentifier: primary.systemIdentifier,
    conninfo: streamConninfo,
    isMount,
  })
  const names = { primary: hosts.primary.name, standby: hosts.standby.name }
  const { ways, reason } = chooseRepairWay(names, line, data)
  return {
    standby,
    link: running ? facts.link : { ...facts.link, postgres: await readAnswer(ground, layout, primary.port) },
    database: {
      layout: layouts.standby,
      line: { ...line, history: [...line.history] },
      data,
      ran: resting.isRunning,
      signal: resting.signal,
      hbaBlocks: await readHbaBlocks(ground, layouts),
      ways: [...ways],
      reason,
    },
  }
}

/**
 * Both hosts as a create finds them, in the roles that they are to have, and how the standby's data stand to the primary's. What can't be read is
 * in the facts. `recordedHosts`: the roles that they are recorded in.
 */
export async function readRepairFacts(
  ground: RepairReadGround,
  recordedHosts: Pair['hosts'],
): Promise<RepairFacts> {
  const { formerPrimary, pause, hosts } = ground.pair
  const recorded = {
    formerPrimary,
    pause: pause ? { ...pause, what: [...pause.what] } : null,
    ...(hosts.primary !== recordedHosts.primary && { hosts: recordedHosts }),
  }
  return { ...(await readHosts(ground)), recorded }
}

async function readHosts(ground: RepairReadGround): Promise<Omit<RepairFacts, 'recorded'>> {
  const { doors, hosts, pair, profile, clock } = ground
  const facts = await readCreateFacts({ doors, hosts, profile, input: inputOf(pair), clock })
  if (!facts.primary.machine.seen || !facts.standby.machine.seen)
    return { ...facts, database: null, unreadable: '' }
  if (!pair.scope.database) {
    const fileRoles = {
      primary: await readFileRoleOf(ground, 'primary'),
      standby: await readFileRoleOf(ground, 'standby'),
    }
    return { ...facts, database: null, unreadable: '', fileRoles }
  }
  const primary = postgresLayoutOf(facts.primary, hosts.primary)
  if (!primary || answerOf(facts.primary.server)?.inRecovery !== false)
    return { ...facts, database: null, unreadable: '' }
  try {
    return { ...facts, ...(await readDatabase(ground, facts, primary)), unreadable: '' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { message, fix } = toPublicError(error)
    return { ...facts, database: null, unreadable: `${message} ${fix}`.trim() }
  }
}
