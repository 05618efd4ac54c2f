import { keptDataFile, removeKeptData } from '@/lib/commands/kept-data'
import { keptDays } from '@/lib/domain/data-place'
import { pairPlaces } from '@/lib/domain/host-places'
import { keptData, keptDataPath } from '@/lib/domain/kept-data'
import { targetPlace } from '@/lib/domain/sync-target'
import { markOf } from '@/lib/operations/context'
import { type CreateBasis, createNames, type FileBasis, hasDatabase } from '@/lib/operations/create/basis'
import { targetsOf } from '@/lib/operations/create/targets-of'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { directoriesSince, type UnpairBasis, type UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'
import { copyAsidePlace } from '@/lib/operations/unpair/steps/put-original-back'
import { writeFiles } from '@/lib/operations/write-files'

const dataCopies = (basis: UnpairBasis, made: CreateBasis): readonly string[] => [
  copyAsidePlace(basis, made).aside,
  ...createNames(made).tablespaces.map((plan) => plan.copy),
]

/** Where the copies are kept is written down on the host; the note of what is in its place again goes. */
export function keepCopy(basis: UnpairBasis, made: FileBasis): Step<UnpairContext> {
  const { hosts, pair, operationId } = basis
  const { name } = hosts.standby
  const at = pairPlaces(hosts.standby, pair.slug)
  const [mark, before] = [markOf(operationId), markOf(made.operationId)]
  const directories = targetsOf(made).map((target) => targetPlace(target, before).copy)
  // What a directory held that has left the pair since stays aside, and the note that said so goes.
  const left = targetsOf({
    ...made,
    pair: { ...pair, settings: { ...pair.settings, directories: directoriesSince(basis).went } },
  })
  const paths = [
    ...(hasDatabase(made) ? dataCopies(basis, made) : []),
    ...directories,
    ...left.map((target) => targetPlace(target, before).aside),
  ]
  const [path, old] = [keptDataPath(at, mark), keptDataPath(at, before)]
  const isDone = async ({ doors: { standby } }: UnpairContext) =>
    (await standby.readFile(path)) !== null && (await standby.readFile(old)) === null
  return {
    planned: {
      ...onlyForward,
      id: 'keep-copy',
      title: `Note until when the copy on ${name} is kept`,
      host: 'standby',
      preview: [
        filePreview({ path, content: JSON.stringify({ operation: operationId, paths }) }),
        {
          kind: 'note',
          text: `With the day: ${keptDays} days from then at least. Nothing but an explicit purge removes it. ${old} goes.`,
        },
      ],
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: `${path} is there already.` } : { done: false }
    },
    async run({ doors: { standby }, clock }) {
      if ((await standby.readFile(path)) === null) {
        const content = `${JSON.stringify(keptData(operationId, paths, clock.now()))}\n`
        await writeFiles(standby, [keptDataFile(at, mark, content)])
      }
      await standby.runOrThrow(removeKeptData(at, before), { timeoutMs: 10_000 })
    },
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed(`${path} was not written.`, 'Resume the operation.')
      return `${path} says what is kept and until when.`
    },
  }
}
