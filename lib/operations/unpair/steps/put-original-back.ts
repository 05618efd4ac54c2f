import { asDatabaseOwner, sh, toPreview } from '@/lib/commands/command'
import { type DataMoves, dataMoves } from '@/lib/commands/data-moves'
import { bringTablespaceBack } from '@/lib/commands/move-tablespace'
import { type DataPlace, dataPlace } from '@/lib/domain/data-place'
import type { PreviewLine } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'
import { markOf } from '@/lib/operations/context'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import { moveData } from '@/lib/operations/create/steps/move-data'
import type { Proof, Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { letGoStates, stopAgain, stopMs } from '@/lib/operations/unpair/steps/stop-standby'

/** Where the copy is put: named by this unpair, where a create that found it would put it. */
export function copyAsidePlace({ operationId }: UnpairBasis, made: CreateBasis): DataPlace {
  const { directory, isMount } = createNames(made)
  const mark = markOf(operationId)
  return dataPlace({ directory, isMount, asideDirectory: made.input.oldDataDirectory, mark })
}

async function readIdentity({ doors }: UnpairContext, made: CreateBasis, dataDirectory: string) {
  const { binDirectory } = made.layouts.standby
  const question = serverIdentityQuestion({ dataDirectory, binDirectory })
  return parseServerIdentity((await doors.standby.runOrThrow(question, { timeoutMs: 15_000 })).stdout)
}

const identifierAt = async (context: UnpairContext, made: CreateBasis, path: string) =>
  (await readIdentity(context, made, path)).systemIdentifier

async function requireStopped(context: UnpairContext, made: CreateBasis): Promise<void> {
  const { name } = made.hosts.standby
  const { isRunning } = await readIdentity(context, made, made.layouts.standby.dataDirectory)
  if (isRunning)
    throw new AppError('PRECONDITION_FAILED', `PostgreSQL on ${name} runs: its data is not moved under it.`, {
      fix: 'Stop it, and see who started it, then resume.',
    })
}

const findDirectory = (path: string) => asDatabaseOwner(sh`[ -d ${path} ]`)

const forward = { undo: 'forward-only', undoSentence: 'From here on it only goes forward.' } as const
const commandLine = (command: DataMoves['putAside']): PreviewLine => ({
  kind: 'command',
  text: toPreview(command),
})

/** Read just before anything moves: what comes back is the data that the create put aside. */
const proveOriginal =
  (made: CreateBasis): Proof<UnpairContext> =>
  async (context) => {
    const { standby } = made.layouts
    const { aside } = createNames(made)
    for (const path of [aside, standby.dataDirectory])
      if ((await identifierAt(context, made, path)) === standby.systemIdentifier)
        return `${path} is the data that was put aside: system identifier ${standby.systemIdentifier}.`
    throw new AppError(
      'WRONG_HOST',
      `The data that was put aside on ${made.hosts.standby.name} is not there.`,
      {
        fix: `Look for what stands in ${aside}; once it is there again, resume.`,
      },
    )
  }

/** The copy makes room for what was there before it: nothing of it is deleted. */
export function putCopyAside(basis: UnpairBasis, made: CreateBasis): Step<UnpairContext> {
  const { name } = basis.hosts.standby
  const { standby } = made.layouts
  const place = copyAsidePlace(basis, made)
  const { putAside } = dataMoves(place)
  const copy = made.layouts.primary.systemIdentifier
  const proveCopy = proveHost<UnpairContext>({
    role: 'standby',
    layout: standby,
    systemIdentifier: copy,
    states: letGoStates,
    needsSignal: true,
  })
  const isDone = async (context: UnpairContext) =>
    (await identifierAt(context, made, place.aside)) === copy &&
    (await identifierAt(context, made, standby.dataDirectory)) !== copy
  return {
    planned: {
      id: 'put-copy-aside',
      title: `Put the copy on ${name} aside`,
      host: 'standby',
      preview: [commandLine(putAside), { kind: 'note', text: `It is kept as ${place.aside}.` }],
      ...forward,
      irreversible: true,
      timeoutMs: stopMs + 330_000,
      attemptsMax: 1,
    },
    async prove(context, io) {
      const sentence = await proveCopy(context, io)
      await proveOriginal(made)(context, io)
      return sentence
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `The copy is in ${place.aside}.` }
        : { done: false }
    },
    async run(context, io) {
      if (await isDone(context)) return
      await stopAgain(context, { ...standby, systemIdentifier: copy }, io)
      await requireStopped(context, made)
      await moveData(context, putAside)
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(`${place.aside} is not there.`, `Look at ${standby.dataDirectory}, then resume.`)
      return `The copy is in ${place.aside}, nothing of it was deleted.`
    },
  }
}

/** The data that the standby had before the pair gets its place again, its tablespaces first. */
export function putOriginalBack(basis: UnpairBasis, made: CreateBasis): Step<UnpairContext> {
  const { name } = basis.hosts.standby
  const { standby } = made.layouts
  const names = createNames(made)
  const { bringBack } = dataMoves(names)
  const copyPlace = copyAsidePlace(basis, made)
  const commands = [
    ...names.tablespaces
      .map((plan) => bringTablespaceBack(plan, `${copyPlace.aside}/pg_tblspc/${plan.oid}`))
      .reverse(),
    bringBack,
  ]
  // In a data directory that is a file system of its own it comes back entry by entry, what tells whose it is first.
  const isDone = async (context: UnpairContext) =>
    (await identifierAt(context, made, standby.dataDirectory)) === standby.systemIdentifier &&
    (await context.doors.standby.run(findDirectory(names.aside), { timeoutMs: 15_000 })).exitCode !== 0
  return {
    planned: {
      id: 'put-original-back',
      title: `Give the original data of ${name} its place back`,
      host: 'standby',
      preview: commands.map(commandLine),
      ...forward,
      irreversible: false,
      timeoutMs: 330_000,
      attemptsMax: 1,
    },
    prove: proveOriginal(made),
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `The original data is in ${standby.dataDirectory}.` }
        : { done: false }
    },
    async run(context) {
      if (await isDone(context)) return
      await requireStopped(context, made)
      for (const command of commands) await moveData(context, command)
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `${standby.dataDirectory} is not the original data.`,
          `Look at it and at ${names.aside}, then resume.`,
        )
      return `The original data is in ${standby.dataDirectory} again.`
    },
  }
}
