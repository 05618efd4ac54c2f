import { type Command, toPreview } from '@/lib/commands/command'
import { dataMoves } from '@/lib/commands/data-moves'
import { keptDays } from '@/lib/domain/data-place'
import { AppError } from '@/lib/errors'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { moveData } from '@/lib/operations/create/steps/move-data'
import { type Places, readPlaces } from '@/lib/operations/create/steps/read-places'
import type { Step } from '@/lib/operations/engine/step'
import { sizeOfData, someonesData } from '@/lib/operations/preflight/standby-data'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'

const stillRuns = (host: string) =>
  new AppError('PRECONDITION_FAILED', `PostgreSQL on ${host} runs: its data is not moved under it.`, {
    fix: 'Stop it, and see who started it, then go on.',
  })

/** What is put aside, where and how large. */
function whatIsAside({ facts, layouts }: CreateBasis, aside: string): string {
  const size = sizeOfData(facts.standby)
  const found = someonesData(facts.standby)
  const what = found.length > 0 ? found.join('; ') : 'an empty server'
  return `${layouts.standby.dataDirectory} holds ${what}${size === '' ? '' : `, ${size} in all`}. It is kept as ${aside}: nothing but an explicit purge removes it, and not before ${keptDays} days.`
}

const ofPutAside = ({ hosts }: CreateBasis, command: Command) =>
  ({
    id: 'put-aside',
    title: `Put the old data of ${hosts.standby.name} aside`,
    host: 'standby',
    preview: [{ kind: 'command', text: toPreview(command) }],
    undo: 'undo',
    undoSentence: 'Gives the old data its name back.',
    irreversible: false,
    timeoutMs: 330_000,
    attemptsMax: 1,
  }) as const

/** The old data directory gets another name on the same file system; nothing is deleted. */
export function putAside(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const place = createNames(basis)
  const { aside, isMount } = place
  const { dataDirectory } = layouts.standby
  const moves = dataMoves(place)
  const shown = ofPutAside(basis, moves.putAside)
  const isDone = ({ hasAside, hasData, isPlaced }: Places) => hasAside && (isMount || !hasData || isPlaced)
  return {
    planned: {
      ...shown,
      preview: [...shown.preview, { kind: 'note', text: whatIsAside(basis, aside) }],
    },
    prove: proveHost({
      role: 'standby',
      layout: layouts.standby,
      systemIdentifier: layouts.standby.systemIdentifier,
      states: ['stopped'],
    }),
    async check(context) {
      return isDone(await readPlaces(context))
        ? { done: true, sentence: `The old data is in ${aside}.` }
        : { done: false }
    },
    async run(context) {
      const places = await readPlaces(context)
      if (isDone(places)) return
      if (places.isRunning) throw stillRuns(hosts.standby.name)
      await moveData(context, moves.putAside)
    },
    async verify(context) {
      if (!isDone(await readPlaces(context)))
        throw stepFailed(`${aside} is not there.`, `Look at ${dataDirectory}, then resume.`)
      return `The old data is in ${aside}, nothing of it was deleted.`
    },
    async undo(context) {
      const { hasAside, hasAsideBegun, hasData, isRunning } = await readPlaces(context)
      if (!hasAsideBegun) return 'Nothing was aside.'
      if (isRunning) throw stillRuns(hosts.standby.name)
      if (hasAside && hasData)
        throw stepFailed(
          `${dataDirectory} is taken, so the old data can’t have its place back.`,
          `See what it is and move it away; the old data is in ${aside}. Then undo again.`,
        )
      await moveData(context, moves.bringBack)
      return `The old data is in ${dataDirectory} again.`
    },
  }
}

/** The finished copy takes the place of the old data. */
export function placeCopy(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const place = createNames(basis)
  const { copy } = place
  const { dataDirectory } = layouts.standby
  const moves = dataMoves(place)
  return {
    planned: {
      ...ofPutAside(basis, moves.placeCopy),
      id: 'place-copy',
      title: `Give the copy its place on ${hosts.standby.name}`,
      undoSentence: 'Takes the copy out of its place again, if it is ours.',
    },
    prove: proveHost({
      role: 'standby',
      layout: { ...layouts.standby, dataDirectory: copy },
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['stopped'],
      needsSignal: true,
    }),
    async check(context) {
      return (await readPlaces(context)).isPlaced
        ? { done: true, sentence: `The copy is in ${dataDirectory}.` }
        : { done: false }
    },
    async run(context) {
      if ((await readPlaces(context)).isPlaced) return
      await moveData(context, moves.placeCopy)
    },
    async verify(context) {
      if (!(await readPlaces(context)).isPlaced)
        throw stepFailed(`${dataDirectory} is not the copy of this operation.`, `Look at it, then resume.`)
      return `The copy is in ${dataDirectory}.`
    },
    async undo(context) {
      const { isPlaced, isHalfPlaced, isRunning } = await readPlaces(context)
      if (!isPlaced && !isHalfPlaced) return 'The copy was not in its place.'
      if (isRunning) throw stillRuns(hosts.standby.name)
      await moveData(context, moves.takeOut)
      return `The copy is in ${copy} again.`
    },
  }
}
