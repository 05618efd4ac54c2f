import { asDatabaseOwner, sh } from '@/lib/commands/command'
import { keptDataFile, removeKeptData } from '@/lib/commands/kept-data'
import { keptDays } from '@/lib/domain/data-place'
import { pairPlaces } from '@/lib/domain/host-places'
import { keptData, keptDataPath } from '@/lib/domain/kept-data'
import { markOf } from '@/lib/operations/context'
import { createNames } from '@/lib/operations/create/basis'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import type { RepairBasis, RepairContext } from '@/lib/operations/repair/basis'
import { divergedOf } from '@/lib/operations/repair/diverged'
import { stepFailed } from '@/lib/operations/step-failed'
import { writeFiles } from '@/lib/operations/write-files'

/** All places in which a re-pair may leave something of before, by whichever way it went. */
const placesOf = (basis: RepairBasis): readonly string[] => {
  const { aside, tablespaces } = createNames(basis)
  return [divergedOf(basis).diverged, aside, ...tablespaces.map((plan) => plan.aside)]
}

/** What was kept aside is written down on the standby, with the day until which it is kept at least. */
export function noteKept(basis: RepairBasis): Step<RepairContext> {
  const { pair, hosts, operationId } = basis
  const mark = markOf(operationId)
  const at = pairPlaces(hosts.standby, pair.slug)
  const path = keptDataPath(at, mark)
  const places = placesOf(basis)
  const readKept = async ({ doors: { standby } }: RepairContext) => {
    const question = asDatabaseOwner(sh`for p in ${places}; do [ ! -e "$p" ] || printf '%s\n' "$p"; done`)
    const { stdout } = await standby.runOrThrow(question, { timeoutMs: 15_000 })
    return stdout.split('\n').filter((line) => line !== '')
  }
  const isThere = async ({ doors }: RepairContext) => (await doors.standby.readFile(path)) !== null
  return {
    planned: {
      id: 'note-kept',
      title: `Note until when what was kept on ${hosts.standby.name} is kept`,
      host: 'standby',
      preview: [
        filePreview({ path, content: JSON.stringify({ operation: operationId, paths: places }) }),
        {
          kind: 'note',
          text: `Those of them that are there, with the day: ${keptDays} days from then at least. Nothing but an explicit purge removes them.`,
        },
      ],
      undo: 'undo',
      undoSentence: 'Removes the note.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      if (await isThere(context)) return { done: true, sentence: `${path} is there already.` }
      return (await readKept(context)).length === 0
        ? { done: true, sentence: 'Nothing was put aside.' }
        : { done: false }
    },
    async run(context) {
      const content = `${JSON.stringify(keptData(operationId, await readKept(context), context.clock.now()))}\n`
      await writeFiles(context.doors.standby, [keptDataFile(at, mark, content)])
    },
    async verify(context) {
      if (!(await isThere(context)) && (await readKept(context)).length > 0)
        throw stepFailed(`${path} was not written.`, 'Resume the operation.')
      return `${path} says what is kept and until when.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(removeKeptData(at, mark), { timeoutMs: 10_000 })
      return `Removed ${path}.`
    },
  }
}
