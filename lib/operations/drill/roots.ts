import type { Command } from '@/lib/commands/command'
import { stopCopy } from '@/lib/commands/drill/copy-server'
import {
  findDrillRoots,
  foreignRoot,
  makeDrillRoots,
  removeDrillRoot,
} from '@/lib/commands/drill/drill-roots'
import { lastSaid } from '@/lib/commands/last-said'
import { amcheckJob, copyJob, drillSentinel } from '@/lib/domain/drill-places'
import type { OperationId } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { type DrillContext, drillNames, realDataDirectory } from '@/lib/operations/drill/basis'

const quickMs = 15_000
/** Many files take their time, the more so because all else goes first. */
const removeMs = 12 * 3_600_000
const stopMs = 90_000

/** What stands where a drill would make or remove something is not that drill's. */
const foreign = (hostName: string, paths: readonly string[]) =>
  new AppError(
    'PRECONDITION_FAILED',
    `Not this drill’s on ${hostName}: ${paths.join(', ')}. It is left alone.`,
    {
      fix: 'Find out whose it is, and move it away; then go on.',
    },
  )

async function runOnRoots(
  { doors }: DrillContext,
  command: Command,
  paths: readonly string[],
  timeoutMs: number,
) {
  const { exitCode, stderr } = await doors.standby.run(command, { timeoutMs })
  if (exitCode === foreignRoot) throw foreign(doors.standby.hostName, paths)
  if (exitCode !== 0)
    throw new AppError(
      'HOST_COMMAND_FAILED',
      `${paths.join(', ')} on ${doors.standby.hostName}: it did not work.`,
      {
        fix: 'See that PostgreSQL’s owner may write there, then go on.',
        detail: `exit code ${exitCode}: ${lastSaid(stderr)}`,
      },
    )
}

/** Makes the drill's directories. Throws PRECONDITION_FAILED where something else stands there, HOST_COMMAND_FAILED, HOST_*. */
export async function makeRoots(context: DrillContext): Promise<void> {
  const { places, sentinel } = drillNames(context)
  await runOnRoots(context, makeDrillRoots(places, sentinel), places.roots, quickMs)
}

type Standing = { readonly what: string; readonly path: string }

async function readStanding(
  { doors }: DrillContext,
  roots: readonly string[],
  sentinel: string,
): Promise<Standing[]> {
  const { stdout } = await doors.standby.runOrThrow(findDrillRoots(roots, sentinel), { timeoutMs: quickMs })
  return stdout.split('\n').flatMap((line) => {
    const [, what, path] = /^(ours|foreign) (.+)$/.exec(line) ?? []
    return what === undefined || path === undefined ? [] : [{ what, path }]
  })
}

/** Those of the drill's directories that are there. Throws PRECONDITION_FAILED where one of them is something else. */
export async function readRoots(context: DrillContext): Promise<readonly string[]> {
  const { places, sentinel } = drillNames(context)
  const found = await readStanding(context, places.roots, sentinel)
  const others = found.filter(({ what }) => what === 'foreign').map(({ path }) => path)
  if (others.length > 0) throw foreign(context.hosts.standby.name, others)
  return found.map(({ path }) => path)
}

/** Whether nothing stands at any of these places, whoever's it would be. */
export const areGone = async (context: DrillContext, roots: readonly string[]): Promise<boolean> =>
  (await readStanding(context, roots, '')).length === 0

/** Ends what a drill has running on the standby: its copying, its looking through, and its server. */
export async function endDrill(
  context: DrillContext,
  operationId: OperationId,
  roots: readonly string[],
): Promise<void> {
  const { doors, layouts } = context
  for (const job of [copyJob(operationId), amcheckJob(operationId)]) {
    await doors.standby.endJob(job, 5_000)
    await doors.standby.forgetJob(job)
  }
  for (const root of roots)
    await doors.standby.runOrThrow(stopCopy(layouts.standby, { data: `${root}/data` }), { timeoutMs: stopMs })
}

/** Removes directories of a drill, this one's or an earlier one's. Throws as `makeRoots`. */
export async function removeRoots(
  context: DrillContext,
  operationId: OperationId,
  roots: readonly string[],
): Promise<void> {
  const data = realDataDirectory(context.facts, context.layouts.standby)
  for (const root of roots)
    await runOnRoots(context, removeDrillRoot(root, drillSentinel(operationId), data), [root], removeMs)
}

/** Ends and removes all of this drill that is there. */
export async function discardDrill(context: DrillContext): Promise<void> {
  const { operationId } = context
  const found = await readRoots(context)
  await endDrill(context, operationId, found)
  await removeRoots(context, operationId, found)
}
