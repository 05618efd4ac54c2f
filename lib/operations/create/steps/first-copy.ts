import { toPreview } from '@/lib/commands/command'
import { endCopies, findCopy, firstCopy as firstCopyCommand, removeRecords } from '@/lib/commands/sync-runs'
import { removeCopiedMarks } from '@/lib/commands/sync-sources'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting } from '@/lib/domain/pair'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { copiesOf } from '@/lib/operations/create/copies-of'
import { copyDirectories, copyJobId } from '@/lib/operations/create/steps/copy-directories'
import { proveFileTarget } from '@/lib/operations/create/steps/prove-file-target'
import type { Step } from '@/lib/operations/engine/step'
import { readDirectoryRuns } from '@/lib/operations/read-directory-runs'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** Directories that no first copy has filled yet. */
async function listMissing(context: FileContext): Promise<readonly DirectorySetting[]> {
  const runs = await readDirectoryRuns(context)
  const missing: DirectorySetting[] = []
  for (const directory of context.pair.settings.directories) {
    const found = await context.doors.standby.run(
      findCopy(pairPlaces(context.hosts.standby, context.pair.slug), directory.path),
      { timeoutMs },
    )
    if (found.exitCode !== 0 || !runs.get(directory.id)?.lastGoodRun) missing.push(directory)
  }
  return missing
}

const goWhole = 'Ends copies that run; the copies go when the old directories come back.'
const stayOver = 'Ends copies that run. What they brought stays; what they replaced is in the bin.'

/**
 * Every directory is copied for the first time, several streams at once, as jobs on the standby that outlive our connection. `isOver`: over
 * directories that somebody else has copied before, which stay when this is taken back, without what is ours in them.
 */
export function firstCopy(basis: FileBasis, { isOver = false } = {}): Step<FileContext> {
  const { hosts, pair, operationId } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const { directories } = pair.settings
  const names = directories.map(({ title }) => title).join(', ')
  return {
    planned: {
      id: 'first-copy',
      title: `Copy the directories from ${hosts.primary.name} to ${hosts.standby.name}`,
      host: 'standby',
      preview: copiesOf(basis).copies.map(({ directory: { id }, borders }) => ({
        kind: 'command',
        text: toPreview(firstCopyCommand(at, id, borders)),
      })),
      undo: 'undo',
      undoSentence: isOver ? stayOver : goWhole,
      irreversible: false,
      timeoutMs: 24 * 3_600_000,
      attemptsMax: 1,
    },
    prove: proveFileTarget(basis),
    async check(context) {
      return (await listMissing(context)).length === 0
        ? { done: true, sentence: `All are copied already: ${names}.` }
        : { done: false }
    },
    async run(context, io) {
      await copyDirectories(context, io, await listMissing(context))
    },
    async verify(context) {
      const missing = await listMissing(context)
      if (missing.length > 0)
        throw stepFailed(
          `Not copied: ${missing.map(({ title }) => title).join(', ')}.`,
          'Resume the operation.',
        )
      const runs = [...(await readDirectoryRuns(context)).values()]
      const files = runs.reduce((sum, { lastGoodRun }) => sum + (lastGoodRun?.files ?? 0), 0)
      return `${directories.length} directories with ${files} files are on ${hosts.standby.name}.`
    },
    async undo({ doors: { standby } }) {
      for (const { id } of directories) {
        await standby.endJob(copyJobId(operationId, id), 5_000)
        await standby.forgetJob(copyJobId(operationId, id))
      }
      await standby.runOrThrow(
        endCopies(
          at,
          directories.map(({ id }) => id),
        ),
        { timeoutMs: 60_000 },
      )
      await standby.runOrThrow(removeRecords(at), { timeoutMs })
      if (isOver)
        await standby.runOrThrow(removeCopiedMarks(at, directories, markOf(operationId)), { timeoutMs })
      return 'No copy runs any more.'
    },
  }
}
