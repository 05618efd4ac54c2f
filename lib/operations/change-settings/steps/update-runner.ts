import { type Command, toPreview } from '@/lib/commands/command'
import { runnerFiles } from '@/lib/commands/sync'
import { forgetDirectory, forgetPackageRuns, isForgotten, knowsNoPackages } from '@/lib/commands/sync-runs'
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
}

const goneBetween = (one: Pair, other: Pair): readonly DirectorySetting[] =>
  one.settings.directories.filter(({ id }) => !other.settings.directories.some((each) => each.id === id))

const viewed = (basis: ChangeBasis, view: Pair) => syncOf(basisOf(basis, view))
const filesOf = (basis: ChangeBasis, view: Pair) => runnerFiles(viewed(basis, view))

/** Whether packages are kept in the one view, and in the other no more. */
const packagesGo = (basis: ChangeBasis, one: Pair, other: Pair): boolean =>
  viewed(basis, one).packages !== null && viewed(basis, other).packages === null

/** The files of the runner that differ between the two. */
function changedFiles(basis: ChangeBasis, before: Pair, after: Pair) {
  const was = filesOf(basis, before)
  return filesOf(basis, after).filter(
    ({ path, content }) => was.find((file) => file.path === path)?.content !== content,
  )
}

/** Whether the runner has anything to be told: of when cron starts it, it knows nothing. */
export const isToldRunner = (basis: ChangeBasis, before: Pair, after: Pair): boolean =>
  changedFiles(basis, before, after).length + goneBetween(before, after).length > 0 ||
  packagesGo(basis, before, after)

/** What has the runner forget what is in the one view, and in the other no more. */
const forgets = (basis: ChangeBasis, one: Pair, other: Pair): readonly Command[] => {
  const at = pairPlaces(basis.hosts.standby, basis.pair.slug)
  return [
    ...goneBetween(one, other).map(({ id }) => forgetDirectory(at, id)),
    ...(packagesGo(basis, one, other) ? [forgetPackageRuns(at)] : []),
  ]
}

/** What the standby's runner knows of the directories, and of packages; nothing runs by it until cron says so. */
export function updateRunner(basis: ChangeBasis, { id, title, before, after }: Change): Step<ChangeContext> {
  const { hosts, pair } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const [was, files] = [filesOf(basis, before), filesOf(basis, after)]
  const gone = goneBetween(before, after)
  const [forget, forgetAgain] = [forgets(basis, before, after), forgets(basis, after, before)]
  const isDone = async ({ doors: { standby } }: ChangeContext) => {
    if (!(await haveFiles(standby, files))) return false
    const keeps = packagesGo(basis, before, after)
    if (keeps && (await standby.run(knowsNoPackages(at, 'standby'), { timeoutMs })).exitCode !== 0)
      return false
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
        ...changedFiles(basis, before, after).map(filePreview),
        ...forget.map((command) => ({ kind: 'command' as const, text: toPreview(command) })),
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
      for (const command of forget) await standby.runOrThrow(command, { timeoutMs })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('Not all files of the sync are there as they were written.', 'Resume the operation.')
      return `The runner on ${hosts.standby.name} knows ${after.settings.directories.length} directories.`
    },
    async undo({ doors: { standby } }) {
      await writeFiles(standby, was)
      for (const command of forgetAgain) await standby.runOrThrow(command, { timeoutMs })
      return 'The runner knows what it knew before.'
    },
  }
}
