import { createSlot, dropSlot, freeSlot, slotQuestion } from '@/lib/commands/postgres-slot'
import { formatBytes } from '@/lib/domain/format-bytes'
import type { ReversibleStep } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { awaitFact } from '@/lib/operations/await-fact'
import type { OwnerDatabase } from '@/lib/operations/context'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { Row } from '@/lib/ports/host-door'

const releaseTimeoutMs = 30_000
const isUsable = (slot: Row | null) => slot?.type === 'physical' && slot.wal_status !== 'lost'

function plannedOf(basis: CreateBasis): ReversibleStep {
  const { hosts } = basis
  const { slot: name } = createNames(basis)
  const limit = limitOf(basis)
  return {
    id: 'replication-slot',
    title: `Make the slot ${name} on ${hosts.primary.name}`,
    host: 'primary',
    preview: [
      { kind: 'sql', text: createSlot(name).preview },
      {
        kind: 'note',
        text: `It holds back ${limit} of WAL at most for a standby that is away. A promotion leaves it on ${hosts.primary.name}, bounded as before; the new primary has none until it has a standby again.`,
      },
    ],
    undo: 'undo',
    undoSentence: `Drops ${name}.`,
    irreversible: false,
    timeoutMs: 60_000,
    attemptsMax: 2,
  }
}

/** What the slot may hold back, in words. */
const limitOf = ({ layouts, pair }: CreateBasis) =>
  formatBytes((pair.settings.slotWalSegments ?? 0) * layouts.primary.walSegmentBytes)

/** Ends whoever uses the slot and drops it. Throws STEP_FAILED where it is in use again and again for 30 s. */
export async function dropSlotOnceFree(
  { database, name, hostName }: { database: OwnerDatabase; name: string; hostName: string },
  stop: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(releaseTimeoutMs)])
  try {
    await awaitFact({ signal, everyMs: 250 }, async () => {
      await database.query(freeSlot(name).text)
      await database.query(dropSlot(name).text)
      return (await database.query(slotQuestion, [name])).length === 0 ? true : null
    })
  } catch (error) {
    if (stop.aborted || error instanceof AppError) throw error
    throw stepFailed(
      `${name} on ${hostName} is still in use.`,
      'See who receives from it (pg_stat_replication), end that, then go on.',
    )
  }
}

/**
 * The standby's replication slot on the primary: from here on it holds WAL back for the standby, up to the server's limit. It
 * comes before the base backup, which uses it, so that nothing that the copy needs can be discarded meanwhile.
 */
export function replicationSlot(basis: CreateBasis): Step<CreateContext> {
  const { hosts } = basis
  const { slot: name } = createNames(basis)
  const limit = limitOf(basis)
  const read = async ({ databases }: CreateContext) =>
    (await databases.primary.query(slotQuestion, [name]))[0] ?? null
  return {
    planned: plannedOf(basis),
    async check(context) {
      return isUsable(await read(context))
        ? { done: true, sentence: `${name} is there already.` }
        : { done: false }
    },
    async run(context) {
      const slot = await read(context)
      if (isUsable(slot)) return
      // One that lost what it was to hold back is of no use to anybody any more.
      if (slot?.wal_status === 'lost') await context.databases.primary.query(dropSlot(name).text)
      if ((await read(context)) === null) await context.databases.primary.query(createSlot(name).text)
    },
    async verify(context) {
      const slot = await read(context)
      if (!isUsable(slot))
        throw stepFailed(
          `${name} on ${hosts.primary.name} is no slot that a standby can use.`,
          slot?.wal_status === 'lost'
            ? 'More WAL was written than it may hold back: undo, and start again with a higher limit.'
            : 'See who changed it: select * from pg_replication_slots; then resume.',
        )
      return `${name} holds back ${limit} of WAL at most.`
    },
    async undo(context, io) {
      if ((await read(context)) === null) return `There was no slot ${name}.`
      await dropSlotOnceFree(
        { database: context.databases.primary, name, hostName: hosts.primary.name },
        io.signal,
      )
      return `Dropped ${name}.`
    },
  }
}
