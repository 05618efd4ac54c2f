import { toPreview } from '@/lib/commands/command'
import { renameDirectory } from '@/lib/commands/move-directory'
import { AppError } from '@/lib/errors'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
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
  return `${layouts.standby.dataDirectory} holds ${what}${size === '' ? '' : `, ${size} in all`}. It is kept as ${aside} until somebody removes it.`
}

const ofPutAside = ({ hosts, layouts }: CreateBasis, aside: string) =>
  ({
    id: 'put-aside',
    title: `Put the old data of ${hosts.standby.name} aside`,
    host: 'standby',
    preview: [{ kind: 'command', text: toPreview(renameDirectory(layouts.standby.dataDirectory, aside)) }],
    undo: 'undo',
    undoSentence: 'Gives the old data its name back.',
    irreversible: false,
    timeoutMs: 60_000,
    attemptsMax: 1,
  }) as const

/** The old data directory gets another name on the same file system; nothing is deleted. */
export function putAside(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const { aside } = createNames(basis)
  const { dataDirectory } = layouts.standby
  const shown = ofPutAside(basis, aside)
  const isDone = ({ hasAside, hasData, isPlaced }: Places) => hasAside && (!hasData || isPlaced)
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
      await context.doors.standby.runOrThrow(renameDirectory(dataDirectory, aside), { timeoutMs: 50_000 })
    },
    async verify(context) {
      if (!isDone(await readPlaces(context)))
        throw stepFailed(`${aside} is not there.`, `Look at ${dataDirectory}, then resume.`)
      return `The old data is in ${aside}, nothing of it was deleted.`
    },
    async undo(context) {
      const { hasAside, hasData, isRunning } = await readPlaces(context)
      if (!hasAside) return 'Nothing was aside.'
      if (isRunning) throw stillRuns(hosts.standby.name)
      if (hasData)
        throw stepFailed(
          `${dataDirectory} is taken, so the old data can’t have its place back.`,
          `See what it is and move it away; the old data is in ${aside}. Then undo again.`,
        )
      await context.doors.standby.runOrThrow(renameDirectory(aside, dataDirectory), { timeoutMs: 50_000 })
      return `The old data is in ${dataDirectory} again.`
    },
  }
}

/** The finished copy takes the place of the old data. */
export function placeCopy(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const { copy } = createNames(basis)
  const { dataDirectory } = layouts.standby
  return {
    planned: {
      ...ofPutAside(basis, copy),
      id: 'place-copy',
      title: `Give the copy its place on ${hosts.standby.name}`,
      preview: [{ kind: 'command', text: toPreview(renameDirectory(copy, dataDirectory)) }],
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
      await context.doors.standby.runOrThrow(renameDirectory(copy, dataDirectory), { timeoutMs: 50_000 })
    },
    async verify(context) {
      if (!(await readPlaces(context)).isPlaced)
        throw stepFailed(`${dataDirectory} is not the copy of this operation.`, `Look at it, then resume.`)
      return `The copy is in ${dataDirectory}.`
    },
    async undo(context) {
      const { isPlaced, isRunning } = await readPlaces(context)
      if (!isPlaced) return 'The copy was not in its place.'
      if (isRunning) throw stillRuns(hosts.standby.name)
      await context.doors.standby.runOrThrow(renameDirectory(dataDirectory, copy), { timeoutMs: 50_000 })
      return `The copy is in ${copy} again.`
    },
  }
}
