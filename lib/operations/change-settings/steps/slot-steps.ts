import { createSlot, dropSlot, slotQuestion } from '@/lib/commands/postgres-slot'
import { slotName } from '@/lib/domain/pair-names'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { ChangeContext } from '@/lib/operations/change-settings/basis'
import type { CreateBasis } from '@/lib/operations/create/basis'
import { dropSlotOnceFree } from '@/lib/operations/create/steps/replication-slot'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { stepFailed } from '@/lib/operations/step-failed'
import { alterSettings } from '@/lib/operations/steps/alter-settings'

/** How long the standby's stream is waited for: it ends and begins anew with the setting (PostgreSQL 13, primary_slot_name). */
const streamMs = 20_000

/** The standby's stream takes up the slot, or leaves it: a reload is enough from PostgreSQL 13 on. */
export function streamBySlot({ hosts, pair, facts }: CreateBasis, isUsed: boolean): Step<ChangeContext> {
  const name = slotName(pair.slug)
  const step = alterSettings<ChangeContext>({
    id: isUsed ? 'use-slot' : 'leave-slot',
    title: isUsed
      ? `Let ${hosts.standby.name} stream by the slot ${name}`
      : `Let ${hosts.standby.name} stream without a slot`,
    role: 'standby',
    values: { primary_slot_name: isUsed ? name : '' },
    before: answerOf(facts.standby.server)?.altered ?? {},
  })
  const readSlot = async ({ databases }: ChangeContext) =>
    (await databases.primary.query(slotQuestion, [name]))[0]?.active === true
  const verify: Step<ChangeContext>['verify'] = async (context, io) => {
    const sentence = await step.verify(context, io)
    const { clock } = context
    await awaitFactFor(
      { signal: io.signal, everyMs: 100, waitMs: streamMs, clock },
      async () => (await readSlot(context)) === isUsed,
    )
    if ((await readSlot(context)) !== isUsed)
      throw stepFailed(
        `${hosts.standby.name} ${isUsed ? 'does not stream by' : 'still streams by'} ${name}.`,
        `Look into the PostgreSQL log of ${hosts.standby.name}, then resume.`,
      )
    return sentence
  }
  return { ...step, verify }
}

/** The slot goes, when nobody uses it any more: from then on WAL is kept by its amount alone. */
export function removeSlot({ hosts, pair }: CreateBasis): Step<ChangeContext> {
  const name = slotName(pair.slug)
  const read = async ({ databases }: ChangeContext) =>
    (await databases.primary.query(slotQuestion, [name]))[0] ?? null
  return {
    planned: {
      id: 'remove-slot',
      title: `Drop the slot ${name} on ${hosts.primary.name}`,
      host: 'primary',
      preview: [
        { kind: 'sql', text: dropSlot(name).preview },
        {
          kind: 'note',
          text: 'The limit of what slots hold back (max_slot_wal_keep_size) stays: without slots it does nothing.',
        },
      ],
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
      return `${name} is dropped.`
    },
    async undo(context) {
      if ((await read(context)) === null) await context.databases.primary.query(createSlot(name).text)
      return `${name} is there again.`
    },
  }
}
