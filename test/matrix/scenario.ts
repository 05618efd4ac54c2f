import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Operation, OperationKind, Plan } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import type { ChosenOperation } from '@/lib/ports/planners'
import type { StoredObservation } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts, findProfile } from '@/lib/services/find-or-throw'
import { readTraces } from '@/test/harness/create-ground'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import type { Before } from '@/test/matrix/invariants'

/** How the hosts stand when an operation begins, and what the pair has in its scope. */
export const worlds = {
  unpaired: { isPaired: false, scope: { database: true, files: true } },
  'unpaired-files': { isPaired: false, scope: { database: false, files: true } },
  paired: { isPaired: true, scope: { database: true, files: true } },
  'paired-files': { isPaired: true, scope: { database: false, files: true } },
  /** The second host was promoted, the first is fenced. */
  promoted: { isPaired: true, scope: { database: true, files: true } },
  'promoted-files': { isPaired: true, scope: { database: false, files: true } },
} as const satisfies Readonly<Record<string, Pick<Pair, 'isPaired' | 'scope'>>>
export type World = keyof typeof worlds

/** Its roles are turned, and what its fenced former primary had running does not come up by itself. */
export const isPromoted = (world: World): boolean => world === 'promoted' || world === 'promoted-files'

/** The pair of a world as the store has it; `places` as the hosts were when there was none. */
export const pairOf = (
  world: World,
  places: Pair['hosts'],
): Pick<Pair, 'isPaired' | 'scope' | 'hosts' | 'formerPrimary'> =>
  isPromoted(world)
    ? {
        ...worlds[world],
        hosts: { primary: places.standby, standby: places.primary },
        formerPrimary: 'fenced',
      }
    : { ...worlds[world], hosts: places, formerPrimary: 'none' }

export type Scenario = {
  readonly name: string
  readonly kind: OperationKind
  readonly world: World
  /** What happens to the hosts before it is planned. */
  readonly prepare?: (lab: Lab, context: ServiceContext) => Promise<void>
  plan(context: ServiceContext, operationId: string): Promise<{ plan: Plan; input: unknown }>
  /** Throws unless facts on the hosts show what the operation is for. */
  verifyDone(lab: Lab, operation: Operation, before: Before): Promise<void>
  /** Steps that an undo does not take back, so that only on hosts afresh they have something to do. */
  readonly onlyAfresh?: readonly string[]
  /** What an undo leaves as it is, so that the next operation needs the hosts afresh. */
  readonly staysUndone?: true
  /** Throws unless the hosts are as they were. */
  verifyUndone(lab: Lab, traces: readonly string[]): Promise<void>
}

export function requireThat(isSo: boolean, sentence: string): void {
  if (!isSo) throw new Error(sentence)
}

/** The one pair of the stage, with what every plan rests on. */
export async function readGround(context: ServiceContext) {
  const [pair] = await context.store.pairs.list()
  if (!pair) throw new Error('the stage has no pair')
  const hosts = await findHosts(context.store, pair.hosts)
  return { pair, hosts, profile: findProfile(context, pair.profileId) }
}

/** Nobody has watched the pair or was shown a plan, and no promotion stands. */
const unseen = { latest: null, shown: null, givingWay: null }

/** An operation on the pair with what is chosen for it, as an operator would have it planned; `latest` is what the watch has seen. */
export const planning =
  (choose: (pair: Pair) => ChosenOperation, latest: StoredObservation | null = null): Scenario['plan'] =>
  async (context, operationId) => {
    const ground = await readGround(context)
    const chosen = choose(ground.pair)
    const plan = await context.planners.planOnPair({ ...ground, ...unseen, latest, operationId, ...chosen })
    return { plan, input: { options: chosen.options, acknowledgement: plan.acknowledgement } }
  }

/** What each host has of Understudy and its own settings, as text; equal texts mean that nothing is left. */
export const tracesOf = (lab: Lab): Promise<readonly string[]> =>
  Promise.all(lab.hosts.map((host) => (host.isOn() ? readTraces(host) : Promise.resolve('off'))))

/** What the pair's own copies leave, by cron and at any time. */
const isOfCopies = (line: string) => /\.understudy-bin|\/(?:understudy|state)\/[^/]+\/runs/.test(line)

export async function verifyTraces(lab: Lab, before: readonly string[]): Promise<void> {
  const linesOf = (text: string) => text.split('\n').filter((line) => !isOfCopies(line))
  for (const [index, now] of (await tracesOf(lab)).entries()) {
    const was = linesOf(before[index] ?? '')
    const is = linesOf(now)
    const changed = [
      ...is.filter((line) => !was.includes(line)).map((line) => `+${line}`),
      ...was.filter((line) => !is.includes(line)).map((line) => `-${line}`),
    ]
    requireThat(
      changed.length === 0,
      `${lab.host(index).name} is not as it was: ${changed.slice(0, 6).join(' | ')}`,
    )
  }
}

/** Files were copied there, and are by a schedule. */
export async function verifyCopied(standby: LabHost): Promise<void> {
  const { isScheduled, vault } = worldOf(standby)
  await standby.exec(`(${isScheduled}) && ls ${vault} | grep -q .`)
}

export const fileRoleOf = (host: LabHost) => {
  const { places, slug } = groundOfHost(host)
  return `${places.state}/${slug}/file-role`
}
/** What both hosts say that they are for the files. */
export const readFileRoles = (lab: Lab) =>
  Promise.all(lab.hosts.map((host) => (host.isOn() ? host.exec(`cat ${fileRoleOf(host)}`) : 'off')))

export const answers = async (host: LabHost) =>
  (await host.tryExec(`${groundOfHost(host).psql} 'select 1' postgres`)).exitCode === 0
