import { asAdministrator, type Command, sh } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import {
  buildInstallScript,
  buildRemoveScript,
  buildRights,
  type HostRights,
  hostRights,
  installExitCodes,
  rightsPath,
} from '@/lib/commands/root-rights'
import { withWholeInput } from '@/lib/commands/whole-input'
import type { Host } from '@/lib/domain/host'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { type Changeable, directoryChanges } from '@/lib/domain/settings-change'
import { AppError, hasCode } from '@/lib/errors'
import { dataDirectoryQuestion, parseDataDirectorySurvey } from '@/lib/facts/machine-survey'
import {
  parsePostgresProcess,
  parseRightsFacts,
  postgresProcessQuestion,
  type RightsFacts,
  rightsQuestion,
} from '@/lib/facts/rights-facts'
import { parseServerSurvey, serverSurveyQuestion } from '@/lib/facts/server-survey'
import { isNoAccess, ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import { type RightsLayout, rootForms } from '@/lib/operations/rights/root-forms'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

const timeoutMs = 10_000

type Wanted = {
  /** What its settings are about to become: then it needs what either of them needs, and both together. */
  readonly wanted?: Changeable
}

/** A pair as it is, and as it is to be. */
export type PairWithWanted = Pair & Wanted

export type RightsOf = {
  readonly door: HostDoor
  readonly host: Host
  readonly peer: Host
  readonly pair: Pick<Pair, 'slug' | 'profileId' | 'scope' | 'settings' | 'adoption'> & {
    readonly isPaired?: boolean
  } & Wanted
  readonly profile: Profile
}

/**
 * Where PostgreSQL is: as the server and its process tell, else by the process table, which every user sees. Throws HOST_*, and
 * POSTGRES_DOWN where none runs.
 */
async function readLayout({ door, profile }: Pick<RightsOf, 'door' | 'profile'>): Promise<RightsLayout> {
  const { osUser, port, socketDirectory } = profile.postgres
  try {
    return await askServer(door, profile)
  } catch (error) {
    if (isNoAccess(error) || !hasCode(error, ...notLetIn)) throw error
    const { exitCode, stdout } = await door.run(postgresProcessQuestion(osUser), { timeoutMs })
    const found = exitCode === 0 ? parsePostgresProcess(stdout) : null
    if (!found)
      throw new AppError('POSTGRES_DOWN', `No PostgreSQL of the user ${osUser} runs on ${door.hostName}.`, {
        fix: 'Start it: the rights name its unit and its programs.',
      })
    return { ...found, osUser, port, socketDirectory }
  }
}

/** Ways in which a login that has no rights yet can't ask the server itself. */
const notLetIn = [
  'HOST_SUDO_REFUSED',
  'POSTGRES_AUTH_FAILED',
  'POSTGRES_DOWN',
  'HOST_COMMAND_FAILED',
  'POSTGRES_QUERY_FAILED',
] as const

async function askServer(door: HostDoor, profile: Profile): Promise<RightsLayout> {
  const session = await door.database(ownerTarget(profile.postgres))
  try {
    const { text, params } = serverSurveyQuestion
    const server = parseServerSurvey(await session.query(text, params, { timeoutMs }))
    const { configFile, dataDirectory, settings } = server
    const { stdout } = await door.runOrThrow(dataDirectoryQuestion(dataDirectory, configFile), { timeoutMs })
    const { unit, startConf, binDirectory, owner } = parseDataDirectorySurvey(stdout)
    return {
      ...{ unit, startConf, binDirectory, configFile, osUser: owner },
      port: Number(settings.port?.setting),
      socketDirectory: settings.unix_socket_directories?.setting.split(',')[0]?.trim() ?? '',
    }
  } finally {
    await session.close()
  }
}

/** The pair as it is; and where that is about to change, as it is to be, and on the way there. */
function viewsOf(pair: Pair, wanted: Changeable | undefined): readonly Pair[] {
  if (!wanted) return [pair]
  const { is, removed } = directoryChanges(pair, wanted)
  const view = (directories: readonly DirectorySetting[]): Pair => ({
    ...pair,
    scope: { ...wanted.scope, files: directories.length > 0 },
    settings: { ...wanted.settings, directories },
  })
  return [pair, view(is), view([...is, ...removed])]
}

/** What this host's login must be permitted for the pair, from the facts of now. Throws HOST_*, POSTGRES_DOWN, INVALID_INPUT. */
export async function neededRights(given: RightsOf): Promise<HostRights> {
  const { host, peer, pair, profile } = given
  const layout = pair.scope.database ? await readLayout(given) : null
  const whole: Pair = {
    ...pair,
    id: '',
    hosts: { primary: host.id, standby: peer.id },
    isPaired: false,
    formerPrimary: 'none',
  }
  // Its rights are those of a login with sudo, whatever it has now.
  const formsOf = (view: Pair) =>
    rootForms({ host: { ...host, privilege: 'sudo' }, peer, pair: view, profile, layout })
  const forms = viewsOf(whole, pair.wanted).flatMap(formsOf)
  const heading = [
    `Understudy: what ${host.user} may do as root on ${host.name} for the pair ${pair.slug} (the other host: ${peer.address}).`,
    'Read by /usr/local/lib/understudy/understudy-root, which says there how it is read.',
  ]
  const login = { user: host.user, databaseOwner: layout?.osUser ?? null }
  return hostRights(pair.slug, login, buildRights(host.user, heading, forms))
}

/** What the login may do as root now. Throws HOST_*. */
export async function readRightsFacts(door: HostDoor, slug: string): Promise<RightsFacts> {
  return parseRightsFacts((await door.runOrThrow(rightsQuestion(slug), { timeoutMs })).stdout)
}

/** The rights of the pair as they are installed, which every login may read; empty where there are none. Throws HOST_*. */
export async function readInstalledRights(door: HostDoor, slug: string): Promise<string> {
  const command = sh`[ ! -e ${rightsPath(slug)} ] || cat -- ${rightsPath(slug)}`
  return (await door.runOrThrow(command, { timeoutMs })).stdout
}

const script = (text: string): Command => withWholeInput(asAdministrator(sh`sh "$input"`), text, false)

/** Puts the rights in place by the script that is shown. Throws HOST_SUDO_REFUSED where the login may not do that. */
export async function installRights(door: HostDoor, needed: HostRights): Promise<void> {
  const { exitCode, stderr } = await door.run(script(buildInstallScript(needed)), { timeoutMs: 30_000 })
  if (exitCode === 0) return
  const why: Readonly<Record<number, string>> = {
    [installExitCodes.noVisudo]: 'visudo is not installed there, so that the fragment could not be checked.',
    [installExitCodes.openPath]: 'others than root could replace what it installs there.',
    [installExitCodes.refused]: 'visudo refused the fragment; nothing was permitted.',
  }
  throw new AppError(
    'HOST_COMMAND_FAILED',
    `The rights could not be installed on ${door.hostName}: ${why[exitCode] ?? 'its script failed.'}`,
    { fix: 'Run the script that is shown there as root, and see what it says.', detail: lastSaid(stderr) },
  )
}

/** Takes them away again. Throws HOST_SUDO_REFUSED, HOST_COMMAND_FAILED. */
export async function removeRights(door: HostDoor, of: Pick<HostRights, 'slug' | 'user'>): Promise<void> {
  await door.runOrThrow(script(buildRemoveScript(of)), { timeoutMs: 30_000 })
}
