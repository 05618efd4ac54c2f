import { toPreview } from '@/lib/commands/command'
import { drillMark, findDrillMark, makeDrillRoots } from '@/lib/commands/drill/drill-roots'
import { readCopied } from '@/lib/commands/drill/make-copy'
import { copyWayWords, whyPast } from '@/lib/domain/drill'
import { copyJob } from '@/lib/domain/drill-places'
import { formatBytes } from '@/lib/domain/format-bytes'
import { type AppError, hasCode } from '@/lib/errors'
import { parseBackupDamage } from '@/lib/facts/backup-damage'
import { toPairs } from '@/lib/facts/machine-survey'
import { type DrillBasis, type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { type CopyMaker, copyMaker } from '@/lib/operations/drill/copy-ways'
import { givingWay } from '@/lib/operations/drill/give-way'
import { failed, keepDrill, readDrill, whileTrying } from '@/lib/operations/drill/keep-drill'
import { discardDrill, makeRoots } from '@/lib/operations/drill/roots'
import { type Step, type StepIo, stopReason } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 15_000

const isMade = async (context: DrillContext): Promise<boolean> => {
  const { places } = drillNames(context)
  return (await context.doors.standby.run(findDrillMark(places, 'made'), { timeoutMs })).exitCode === 0
}

/** A backup that stopped at pages which are not as they were written has found what a drill is there to find. */
async function asFinding(context: DrillContext, error: AppError): Promise<AppError> {
  const { doors, hosts, operationId } = context
  const { name } = hosts.standby
  const [first, ...more] = parseBackupDamage((await doors.standby.jobOutput(copyJob(operationId), 0)).text)
  if (!first) return error
  const others = more.length === 0 ? '' : `, and ${more.length} more`
  return failed(
    context,
    `Page ${first.block} of ${first.file} on ${name} has a wrong checksum${others}: the backup stopped there.`,
    `Its disk may be failing: see the PostgreSQL log of ${name}, then re-pair it.`,
    error.detail,
  )
}

/** What the job has measured is kept with the drill, and the copy marked as complete. */
async function keepCopied(context: DrillContext): Promise<void> {
  const { doors, layouts } = context
  const { places } = drillNames(context)
  const { stdout } = await doors.standby.runOrThrow(readCopied(places), { timeoutMs })
  const said = toPairs(stdout)
  const [ms, bytes] = [Number(said.get('ms') ?? 'x'), Number(said.get('bytes') ?? 'x')]
  if (Number.isFinite(ms) && Number.isFinite(bytes)) await keepDrill(context, { copy: { ms, bytes } })
  await doors.standby.writeFile(drillMark(places, 'made', layouts.standby.osUser))
}

/** Makes the copy, or follows who makes it; what an earlier try has left is removed first. */
async function copyOnce(context: DrillContext, io: StepIo, maker: CopyMaker): Promise<void> {
  // A worker that was given up for dead may come here after another one has gone on.
  if (await isMade(context)) return
  const { standby } = context.doors
  const jobId = copyJob(context.operationId)
  const isRunning = maker.canFollow && (await standby.jobState(jobId)).state === 'running'
  if (isRunning) io.output('The copying runs already; following it.')
  else {
    await discardDrill(context)
    io.signal.throwIfAborted()
    await makeRoots(context)
    // It may have been away since it began this step, and another worker have come to the end.
    if (whyPast(await readDrill(context)) !== null) return await discardDrill(context)
  }
  try {
    await givingWay(context, io, (inner) => maker.make(context, inner, isRunning))
  } catch (error) {
    // A host that does not answer keeps it until it does: then all is taken back.
    if (stopReason(io.signal) !== 'left-running') await standby.endJob(jobId, 5_000).catch(() => undefined)
    throw hasCode(error, 'HOST_COMMAND_FAILED') ? await asFinding(context, error) : error
  }
  await keepCopied(context)
}

/**
 * The throwaway copy, as a job on the standby that outlives the dashboard's process and its connection. It is made from the standby's own data,
 * and its replication is looked at all the while.
 */
export function makeCopy(basis: DrillBasis): Step<DrillContext> {
  const { hosts, facts } = basis
  const { places, way, sentinel } = drillNames(basis)
  const maker = copyMaker(basis)
  const { name } = hosts.standby
  return whileTrying({
    planned: {
      id: 'make-copy',
      title: `Copy the data of ${name} on ${name} itself (${copyWayWords[way]})`,
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(makeDrillRoots(places, sentinel)) },
        ...maker.preview,
        {
          kind: 'note',
          text: `A file ${places.root}/made says that it is complete. It ends, and all is removed, as soon as what ${name} has received waits longer than ${facts.options.lagSeconds} s to be replayed, or its disk gets short.`,
        },
      ],
      undo: 'undo',
      undoSentence: `Ends the copying if it runs and removes ${places.roots.join(', ')}.`,
      irreversible: false,
      timeoutMs: 24 * 3_600_000,
      attemptsMax: 1,
      mayFail: 'finding',
    },
    async check(context) {
      return (await isMade(context))
        ? { done: true, sentence: `${places.data} is complete already.` }
        : { done: false }
    },
    run: (context, io) => copyOnce(context, io, maker),
    async verify(context) {
      if (!(await isMade(context)))
        throw stepFailed(`${places.data} is not complete.`, 'Undo, then drill again.')
      const { copy } = await readDrill(context)
      return copy === null
        ? `${places.data} is a copy of the data of ${name}.`
        : `${places.data} is a copy of the data of ${name}: ${formatBytes(copy.bytes)} in ${(copy.ms / 1_000).toFixed(1)} s.`
    },
    async undo(context) {
      await discardDrill(context)
      return `Nothing of the drill is left on ${name}.`
    },
  })
}
