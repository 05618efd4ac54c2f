import { toPreview } from '@/lib/commands/command'
import { removeCopy } from '@/lib/commands/move-directory'
import { type BackupCompression, baseBackup as baseBackupCommand } from '@/lib/commands/postgres-backup'
import { controlData } from '@/lib/commands/postgres-server'
import { compressionSince } from '@/lib/domain/copy-compression'
import type { PreviewLine, ReversibleStep } from '@/lib/domain/operation'
import { parseControlData } from '@/lib/facts/control-data'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { followBackup } from '@/lib/operations/create/steps/follow-backup'
import { canCompress, measureCopy, trialOf, trialPaths } from '@/lib/operations/create/steps/measure-copy'
import { readPlaces } from '@/lib/operations/create/steps/read-places'
import { type Step, stopReason } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const removeTimeoutMs = 600_000

function commandOf(basis: CreateBasis, compression: BackupCompression | null) {
  const { copy, backupConninfo, slot, hasSlot, tablespaces } = createNames(basis)
  const { binDirectory } = basis.layouts.standby
  return baseBackupCommand({
    binDirectory,
    target: copy,
    conninfo: backupConninfo,
    slot: hasSlot ? slot : null,
    tablespaces,
    compression,
  })
}

const asMeasured: BackupCompression = { method: '<as measured>', sentence: '<what was measured>' }

function previewOf(basis: CreateBasis): PreviewLine[] {
  if (!canCompress(basis))
    return [
      { kind: 'command', text: toPreview(commandOf(basis, null)) },
      { kind: 'note', text: `Not compressed: PostgreSQL has that from ${compressionSince} on.` },
    ]
  return [
    { kind: 'command', text: toPreview(trialOf(basis, 'none')) },
    {
      kind: 'note',
      text: 'Compression is chosen at run by that measurement: a second of the copy as it is; on a slow link a second each with lz4 and zstd (gzip where neither is there). What comes is removed again.',
    },
    { kind: 'command', text: toPreview(commandOf(basis, asMeasured)) },
  ]
}

function plannedOf(basis: CreateBasis): ReversibleStep {
  const { hosts } = basis
  const { copy } = createNames(basis)
  return {
    id: 'base-backup',
    title: `Copy the database from ${hosts.primary.name} to ${hosts.standby.name}`,
    host: 'standby',
    preview: [
      ...previewOf(basis),
      {
        kind: 'note',
        text: `Beside the old data, which stays as it is. It goes on when the dashboard is restarted.`,
      },
    ],
    undo: 'undo',
    undoSentence: `Ends the copy if it runs and removes ${copy}.`,
    irreversible: false,
    timeoutMs: 24 * 3_600_000,
    attemptsMax: 1,
  }
}

/** Ends the job, if any, and removes what it made: only the directory that carries this operation's mark. */
async function discard(context: CreateContext): Promise<void> {
  const { copy, jobId, tablespaces } = createNames(context)
  const { standby } = context.doors
  await standby.endJob(jobId, 5_000)
  await standby.forgetJob(jobId)
  for (const path of [copy, ...tablespaces.map((plan) => plan.copy), ...trialPaths(context)])
    await standby.runOrThrow(removeCopy(path), { timeoutMs: removeTimeoutMs })
}

/** Where a complete copy is, in a sentence; null while there is none. */
async function findCopied(context: CreateContext): Promise<string | null> {
  const { copy, jobId } = createNames(context)
  const places = await readPlaces(context)
  if (places.isPlaced) return 'The copy is in its place already.'
  if (places.isConfigured) return `${copy} is complete already.`
  const job = await context.doors.standby.jobState(jobId)
  const isComplete = places.hasCopy && job.state === 'ended' && job.exitCode === 0
  return isComplete ? `${copy} is complete already.` : null
}

/** Whether a directory holds data of the primary's server. */
async function isOfPrimary({ doors, layouts }: CreateContext, path: string): Promise<boolean> {
  const found = await doors.standby.run(controlData(layouts.standby, path), { timeoutMs: 15_000 })
  if (found.exitCode !== 0) return false
  return parseControlData(found.stdout).systemIdentifier === layouts.primary.systemIdentifier
}

/** How the copy was packed, as its job said first; empty where it said nothing, or was forgotten because the copy is complete. */
async function readCompression(context: CreateContext): Promise<string> {
  const { standby } = context.doors
  const { jobId } = createNames(context)
  if (!canCompress(context) || (await standby.jobState(jobId)).state === 'absent') return ''
  const [said = ''] = (await standby.jobOutput(jobId, 0)).text.split('\n')
  return /^(Not c|C)ompressed\b/.test(said) ? ` ${said}` : ''
}

/**
 * The base backup, as a job on the standby that outlives the dashboard's process and its connection; whoever takes the
 * operation up finds it there and follows it. A job that failed or vanished is begun anew.
 */
export function baseBackup(basis: CreateBasis): Step<CreateContext> {
  const { copy, jobId } = createNames(basis)
  return {
    planned: plannedOf(basis),
    async check(context) {
      const sentence = await findCopied(context)
      return sentence === null ? { done: false } : { done: true, sentence }
    },
    async run(context, io) {
      // A worker that was given up for dead may come here after another one has gone on.
      if ((await findCopied(context)) !== null) return
      const { standby } = context.doors
      const found = await standby.jobState(jobId)
      if (found.state === 'running') io.output('The copy is running already; following it.')
      else {
        if (found.state !== 'absent') io.output('What is left of an earlier copy is removed.')
        await discard(context)
        io.signal.throwIfAborted()
        const choice = canCompress(basis) ? await measureCopy(context, io) : null
        if (choice) io.output(choice.sentence)
        await standby.startJob(jobId, commandOf(basis, choice))
      }
      try {
        await followBackup(context, io)
      } catch (error) {
        if (stopReason(io.signal) === 'cancelled' || stopReason(io.signal) === 'timed-out')
          await standby.endJob(jobId, 5_000)
        throw error
      }
    },
    async verify(context) {
      const { dataDirectory } = context.layouts.standby
      const place = (await readPlaces(context)).isPlaced ? dataDirectory : copy
      if (!(await isOfPrimary(context, place)))
        throw stepFailed(`${place} is not a complete copy of the primary’s data.`, 'Undo, then start again.')
      const how = await readCompression(context)
      return `${place} holds a copy of the server with system identifier ${context.layouts.primary.systemIdentifier}.${how}`
    },
    async undo(context) {
      await discard(context)
      return `Removed ${copy}.`
    },
  }
}
