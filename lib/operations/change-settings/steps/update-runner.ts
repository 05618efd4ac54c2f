import { toPreview } from '@/lib/commands/command'
import { runnerFiles } from '@/lib/commands/sync'
import { forgetDirectory, isForgotten } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { basisOf, type ChangeBasis, type ChangeContext } from '@/lib/operations/change-settings/basis'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'

const timeoutMs = 20_000

type Change = {
  readonly id: string
  readonly title: string
  /** What the runner knows before and after; each names all directories that are to be known then. */
  readonly before: Pair
  readonly after: Pair
  /** Whether all its files are written anew, programs of an earlier version among them, and not what changes alone. */
  readonly whole?: boolean
}

const goneBetween = (one: Pair, other: Pair): readonly DirectorySetting[] =>
  one.settings.directories.filter(({ id }) => !other.settings.directories.some((each) => each.id === id))

const filesOf = (basis: ChangeBasis, view: Pair) => runnerFiles(syncOf(basisOf(basis, view)))

/** The files of the runner that differ between the two. */
function changedFiles(basis: ChangeBasis, before: Pair, after: Pair) {
  const was = filesOf(basis, before)
  return filesOf(basis, after).filter(
    ({ path, content }) => was.find((file) => file.path === path)?.content !== content,
  )
}

/** Whether the runner has anything to be told: of when cron starts it, it knows nothing. */
export const isToldRunner = (basis: ChangeBasis, before: Pair, after: Pair): boolean =>
  changedFiles(basis, before, after).length + goneBetween(before, after).length > 0

/** What the standby's runner knows of the directories; nothing runs by it until cron says so. */
export function updateRunner(basis: ChangeBasis, change: Change): Step<ChangeContext> {
  const { id, title, before, after, whole = false } = change
  const { hosts, pair } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const [was, files] = [filesOf(basis, before), filesOf(basis, after)]
  const [gone, come] = [goneBetween(before, after), goneBetween(after, before)]
  const isDone = async ({ doors: { standby } }: ChangeContext) => {
    if (!(await haveFiles(standby, files))) return false
    for (const directory of gone)
      if ((await standby.run(isForgotten(at, directory.id), { timeoutMs })).exitCode !== 0) return false
    return true
  }
  return {
    planned: {
      id,
      title,
      host: 'standby',
      preview: [
        ...(whole ? files : changedFiles(basis, before, after)).map(filePreview),
        ...gone.map((directory) => ({
          kind: 'command' as const,
          text: toPreview(forgetDirectory(at, directory.id)),
        })),
        ...(gone.length > 0
          ? [{ kind: 'note' as const, text: 'What was copied stays where it is, and so do the logs.' }]
          : []),
      ],
      undo: 'undo',
      undoSentence: 'Writes these files as they were.',
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'The runner knows it already.' }
        : { done: false }
    },
    async run({ doors: { standby } }) {
      await writeFiles(standby, files)
      for (const directory of gone) await standby.runOrThrow(forgetDirectory(at, directory.id), { timeoutMs })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('Not all files of the sync are there as they were written.', 'Resume the operation.')
      return `The runner on ${hosts.standby.name} knows ${after.settings.directories.length} directories.`
    },
    async undo({ doors: { standby } }) {
      await writeFiles(standby, was)
      for (const directory of come) await standby.runOrThrow(forgetDirectory(at, directory.id), { timeoutMs })
      return 'The runner knows what it knew before.'
    },
  }
}
