import { toPreview } from '@/lib/commands/command'
import { senderFiles } from '@/lib/commands/sync'
import { forgetPackageAnswers, knowsNoPackages } from '@/lib/commands/sync-runs'
import { findMarks, markSources, removeMarks } from '@/lib/commands/sync-sources'
import type { Pair } from '@/lib/domain/pair'
import { basisOf, type ChangeBasis, type ChangeContext } from '@/lib/operations/change-settings/basis'
import { markOf } from '@/lib/operations/context'
import { throwUnlessMarked } from '@/lib/operations/create/steps/sync-sender'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'

const timeoutMs = 30_000

type Change = {
  readonly id: string
  readonly title: string
  readonly before: Pair
  readonly after: Pair
}

/** Which directories the primary sends. A mark that this operation made goes with its undo; one that is there already stays. */
export function updateSender(basis: ChangeBasis, { id, title, before, after }: Change): Step<ChangeContext> {
  const { hosts, operationId } = basis
  const [was, is] = [syncOf(basisOf(basis, before)), syncOf(basisOf(basis, after))]
  const mark = markSources(is, markOf(operationId))
  const find = findMarks(is)
  const at = is.places.primary
  const had = senderFiles(was)
  const files = senderFiles(is).filter(({ path }) => !had.some((file) => file.path === path))
  const [goes, comes] = [was.packages && !is.packages, is.packages && !was.packages]
  const isDone = async ({ doors: { primary } }: ChangeContext) =>
    (await primary.run(find, { timeoutMs })).exitCode === 0 &&
    (await haveFiles(primary, files)) &&
    (!goes || (await primary.run(knowsNoPackages(at, 'primary'), { timeoutMs })).exitCode === 0)
  return {
    planned: {
      id,
      title,
      host: 'primary',
      preview: [
        ...files.map(filePreview),
        { kind: 'command', text: toPreview(mark) },
        ...(goes ? [{ kind: 'command' as const, text: toPreview(forgetPackageAnswers(at)) }] : []),
      ],
      undo: 'undo',
      undoSentence: 'Lets it send what it sent before, and takes away the marks that this operation made.',
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'It sends exactly these directories already.' }
        : { done: false }
    },
    async run({ doors: { primary } }) {
      if (files.length > 0) await writeFiles(primary, files)
      throwUnlessMarked(hosts.primary.name, await primary.run(mark, { timeoutMs }))
      if (goes) await primary.runOrThrow(forgetPackageAnswers(at), { timeoutMs })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('Not every directory carries its mark.', 'See who removes it, then resume.')
      return `${hosts.primary.name} sends ${is.directories.length} directories${is.packages ? ', and says which packages it has' : ''}.`
    },
    async undo({ doors: { primary } }) {
      await primary.runOrThrow(removeMarks(is, markOf(operationId)), { timeoutMs })
      throwUnlessMarked(
        hosts.primary.name,
        await primary.run(markSources(was, markOf(operationId)), { timeoutMs }),
      )
      await writeFiles(primary, had)
      if (comes) await primary.runOrThrow(forgetPackageAnswers(at), { timeoutMs })
      return `${hosts.primary.name} sends what it sent before.`
    },
  }
}
