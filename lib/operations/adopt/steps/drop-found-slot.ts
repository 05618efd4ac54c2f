import { createSlot, dropSlot, slotQuestion } from '@/lib/commands/postgres-slot'
import type { AdoptBasis, AdoptContext } from '@/lib/operations/adopt/basis'
import { dropSlotOnceFree } from '@/lib/operations/create/steps/replication-slot'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** A slot that nobody uses any more keeps WAL until the primary's disk is full. */
export function dropFoundSlot({ hosts }: Pick<AdoptBasis, 'hosts'>, name: string): Step<AdoptContext> {
  const read = async ({ databases }: AdoptContext) =>
    (await databases.primary.query(slotQuestion, [name]))[0] ?? null
  return {
    planned: {
      id: 'drop-found-slot',
      title: `Drop the slot ${name} on ${hosts.primary.name}, which the standby has left`,
      host: 'primary',
      preview: [{ kind: 'sql', text: dropSlot(name).preview }],
      undo: 'undo',
      undoSentence: `Makes ${name} again: it holds WAL back from then on.`,
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await read(context)) ? { done: false } : { done: true, sentence: `There is no slot ${name}.` }
    },
    async run({ databases }, { signal }) {
      await dropSlotOnceFree({ database: databases.primary, name, hostName: hosts.primary.name }, signal)
    },
    async verify(context) {
      if (await read(context)) throw stepFailed(`${name} is still there.`, 'See who uses it, then resume.')
      return `${name} is dropped: it holds no WAL back any more.`
    },
    async undo(context) {
      if ((await read(context)) === null) await context.databases.primary.query(createSlot(name).text)
      return `${name} is there again.`
    },
  }
}
