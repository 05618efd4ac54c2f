import { keptDataFile, removeKeptData } from '@/lib/commands/kept-data'
import { keptDays } from '@/lib/domain/data-place'
import { pairPlaces } from '@/lib/domain/host-places'
import { keptData, keptDataPath } from '@/lib/domain/kept-data'
import { targetPlace } from '@/lib/domain/sync-target'
import { markOf } from '@/lib/operations/context'
import { type CreateBasis, createNames, type FileBasis, hasDatabase } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { targetsOf } from '@/lib/operations/create/targets-of'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'
import { writeFiles } from '@/lib/operations/write-files'

const placesOf = (basis: CreateBasis): readonly string[] => {
  const { aside, tablespaces } = createNames(basis)
  return [aside, ...tablespaces.map((plan) => plan.aside)]
}

/** What was put aside is written down on the standby, with the day until which it is kept at least. */
export function keepOldData(basis: FileBasis): Step<FileContext> {
  const { pair, hosts, operationId } = basis
  const mark = markOf(operationId)
  const at = pairPlaces(hosts.standby, pair.slug)
  const path = keptDataPath(at, mark)
  const directories = pair.scope.files
    ? targetsOf(basis).map((target) => targetPlace(target, mark).aside)
    : []
  const paths = [...(hasDatabase(basis) ? placesOf(basis) : []), ...directories]
  const fileAt = (now: Date) => `${JSON.stringify(keptData(operationId, paths, now))}\n`
  const isThere = async ({ doors }: FileContext) => (await doors.standby.readFile(path)) !== null
  return {
    planned: {
      id: 'keep-old-data',
      title: `Note until when the old data of ${hosts.standby.name} is kept`,
      host: 'standby',
      preview: [
        filePreview({ path, content: JSON.stringify({ operation: operationId, paths }) }),
        {
          kind: 'note',
          text: `With the day: ${keptDays} days from then at least. Nothing but an explicit purge removes it, then or later.`,
        },
      ],
      undo: 'undo',
      undoSentence: 'Removes the note: the old data has its place again.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isThere(context))
        ? { done: true, sentence: `${path} is there already.` }
        : { done: false }
    },
    async run({ doors, clock }) {
      await writeFiles(doors.standby, [keptDataFile(at, mark, fileAt(clock.now()))])
    },
    async verify(context) {
      if (!(await isThere(context))) throw stepFailed(`${path} was not written.`, 'Resume the operation.')
      return `${path} says what is kept and until when.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(removeKeptData(at, mark), { timeoutMs: 10_000 })
      return `Removed ${path}.`
    },
  }
}
