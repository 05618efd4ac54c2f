import { toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { repairFiles } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { PreviewLine } from '@/lib/domain/operation'
import { type Step, type StepIo, stopReason } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { proveSyncTarget } from '@/lib/operations/prove-sync-target'
import type { Damaged, RepairFilesBasis, RepairFilesContext } from '@/lib/operations/repair-files/basis'
import { readDifferingFiles } from '@/lib/operations/repair-files/read-differing-files'
import { stepFailed } from '@/lib/operations/step-failed'
import { showProgress } from '@/lib/operations/sync/steps/copy-now'

/** More than the verification lists. */
const listedMax = 1_000_000

const jobIdOf = (operationId: string, { directory }: Damaged) => `repair-${operationId}-${directory.id}`
const filesOf = (count: number) => (count === 1 ? 'one file' : `${count} files`)

/** Those of the files that are still listed as differing, by directory. */
async function listLeft(
  context: RepairFilesContext,
  damaged: readonly Damaged[],
): Promise<readonly Damaged[]> {
  const listed = await readDifferingFiles(context, listedMax)
  return damaged.flatMap((each) => {
    const differing = new Set(listed.get(each.directory.id))
    const names = each.names.filter((name) => differing.has(name))
    return names.length > 0 ? [{ ...each, names }] : []
  })
}

/** Pulls the files of one directory, by a job on the standby that outlives our connection. Nothing is thrown for what the pull came to. */
async function repairOne(context: RepairFilesContext, io: StepIo, damaged: Damaged): Promise<void> {
  const { doors, hosts, pair, operationId, clock } = context
  const { standby } = doors
  const { directory, names } = damaged
  const jobId = jobIdOf(operationId, damaged)
  const command = repairFiles(pairPlaces(hosts.standby, pair.slug), directory.id, names)
  await ensureJob(standby, jobId, command, io.signal)
  const job = await followJob({ door: standby, jobId, clock }, io, () => showProgress(context, io, directory))
  const said = lastSaid((await standby.jobOutput(jobId, 0)).text)
  const code = job.state === 'ended' ? job.exitCode : null
  io.output(
    code === 0
      ? `${directory.title}: ${filesOf(names.length)} pulled and looked at again.`
      : `${directory.title}: ${code === null ? 'the pull was cut off' : `the pull ended with exit code ${code}`}.${said ? ` ${said}` : ''}`,
  )
  await standby.forgetJob(jobId)
}

async function endJobs({ doors: { standby }, operationId }: RepairFilesContext, of: readonly Damaged[]) {
  for (const damaged of of) {
    await standby.endJob(jobIdOf(operationId, damaged), 5_000)
    await standby.forgetJob(jobIdOf(operationId, damaged))
  }
}

const previewOf = (
  { hosts, pair }: RepairFilesBasis,
  { directory, names }: Damaged,
): readonly PreviewLine[] => [
  {
    kind: 'command',
    text: toPreview(repairFiles(pairPlaces(hosts.standby, pair.slug), directory.id, names)),
  },
  ...names.map((name) => ({ kind: 'note' as const, text: `${directory.path}/${name}` })),
]

/**
 * The files that are listed as differing are pulled by checksum, these alone, by the schedules' own runner; what they replace goes to the bin.
 * Then they are compared again: only by that they count as repaired.
 */
export function repairListed(basis: RepairFilesBasis): Step<RepairFilesContext> {
  const { hosts, damaged } = basis
  const { primary, standby } = hosts
  const count = damaged.reduce((sum, { names }) => sum + names.length, 0)
  return {
    planned: {
      id: 'repair-listed',
      title: `Pull ${filesOf(count)} by checksum from ${primary.name} to ${standby.name}, and compare ${count === 1 ? 'it' : 'them'} again`,
      host: 'standby',
      preview: damaged.flatMap((each) => previewOf(basis, each)),
      undo: 'nothing-to-undo',
      undoSentence: 'Ends a pull that runs; what was pulled stays, and what it replaced is in the bin.',
      irreversible: false,
      timeoutMs: 24 * 3_600_000,
      attemptsMax: 1,
    },
    prove: proveSyncTarget(basis),
    async check(context) {
      return (await listLeft(context, damaged)).length === 0
        ? { done: true, sentence: 'None of these files is known to differ any more.' }
        : { done: false }
    },
    async run(context, io) {
      try {
        for (const each of damaged) await repairOne(context, io, each)
      } catch (error) {
        // A worker that only leaves lets the pull go on: the next one follows it.
        const stop = stopReason(io.signal)
        if (stop !== null && stop !== 'left-running') await endJobs(context, damaged)
        throw error
      }
    },
    async verify(context) {
      const [left, ...more] = await listLeft(context, damaged)
      if (left)
        throw stepFailed(
          `${[left, ...more].map(({ directory, names }) => `${directory.title}: ${filesOf(names.length)} still differ${names.length === 1 ? 's' : ''}, e.g. ${names[0]}`).join('. ')}.`,
          `Look into the log of ${left.directory.title} (${left.directory.log}) on ${standby.name} for why, then resume.`,
        )
      return `${count === 1 ? 'The file is' : `All ${count} files are`} as on ${primary.name}, compared by checksum; what was there before is in the bin.`
    },
    async undo(context) {
      await endJobs(context, damaged)
      return 'No pull of this operation runs any more; what was pulled stays, and what it replaced is in the bin.'
    },
  }
}
