import { toPreview } from '@/lib/commands/command'
import { proveAccess } from '@/lib/commands/sync-access'
import { pullNow } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting } from '@/lib/domain/pair'
import { toPublicError } from '@/lib/errors'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { followJob } from '@/lib/operations/follow-job'
import { inLanes } from '@/lib/operations/in-lanes'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { syncOf } from '@/lib/operations/sync-of'

/** A promotion does not wait longer than this for files: what is late is said, and stays on the old primary. */
const pullMaxMs = 600_000
const timeoutMs = 20_000

const jobIdOf = ({ operationId }: AnyPromoteBasis, { id }: DirectorySetting) =>
  `final-pull-${operationId}-${id}`

async function pull(context: AnyPromoteContext, io: StepIo, directory: DirectorySetting): Promise<void> {
  const { doors, hosts, pair, clock } = context
  const { id, title } = directory
  const jobId = jobIdOf(context, directory)
  const { standby } = doors
  if ((await standby.jobState(jobId)).state !== 'running') {
    await standby.forgetJob(jobId)
    await standby.startJob(jobId, pullNow(pairPlaces(hosts.standby, pair.slug), id))
  }
  const late = AbortSignal.any([io.signal, AbortSignal.timeout(pullMaxMs)])
  try {
    await followJob({ door: standby, jobId, clock }, { ...io, signal: late }, async () => undefined)
    const run = (await readDirectoryRuns(context)).get(id)?.lastRun
    io.output(`${title}: ${run?.result === 'ok' ? 'up to date' : (run?.reason ?? 'no record of a copy')}.`)
  } catch (error) {
    await standby.endJob(jobId, 5_000)
    io.signal.throwIfAborted()
    io.output(`${title}: not pulled to the end. ${late.aborted ? '' : toPublicError(error).message}`)
  }
  await standby.forgetJob(jobId)
}

/**
 * What the old primary's directories got since the last copy, once nothing writes there any more. It may fail, wholly or in
 * part: a promotion is not held up by files, but what came is said.
 */
export function finalPull(basis: AnyPromoteBasis): Step<AnyPromoteContext> {
  const { hosts, pair } = basis
  const { directories } = pair.settings
  return {
    planned: {
      id: 'final-pull',
      title: `Pull the last files from ${hosts.primary.name}`,
      host: 'standby',
      preview: directories.map(({ id }) => ({
        kind: 'command',
        text: toPreview(pullNow(pairPlaces(hosts.standby, pair.slug), id)),
      })),
      undo: 'undo',
      undoSentence: 'Ends a pull that runs; newer files on the standby stay.',
      irreversible: false,
      timeoutMs: pullMaxMs * 2,
      attemptsMax: 1,
    },
    check: async () => ({ done: false }),
    async run(context, io) {
      const proof = await context.doors.standby.run(proveAccess(syncOf(basis)), { timeoutMs })
      if (proof.exitCode === 255)
        io.output(`${hosts.primary.name} does not answer ${hosts.standby.name} by SSH: nothing was pulled.`)
      else await inLanes(2, directories, (directory) => pull(context, io, directory))
    },
    async verify(context) {
      const runs = await readDirectoryRuns(context)
      const late = directories.filter(({ id }) => runs.get(id)?.lastRun?.result !== 'ok')
      return late.length === 0
        ? `The last copy of every directory ended well.`
        : `Not up to date: ${late.map(({ title }) => title).join(', ')}; what is missing stays on ${hosts.primary.name}.`
    },
    async undo({ doors: { standby } }) {
      for (const directory of directories) {
        await standby.endJob(jobIdOf(basis, directory), 5_000)
        await standby.forgetJob(jobIdOf(basis, directory))
      }
      return 'No pull runs any more; newer files on the standby stay.'
    },
  }
}
