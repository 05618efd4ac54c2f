import { dropSlot, slotHolderQuestion } from '@/lib/commands/postgres-slot'
import { slotName } from '@/lib/domain/pair-names'
import { dropSlotOnceFree } from '@/lib/operations/create/steps/replication-slot'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The standby's slot on the primary goes last: from here on no WAL is held back for it. */
export function dropStandbySlot({ hosts, pair }: UnpairBasis): Step<UnpairContext> {
  const { name: hostName } = hosts.primary
  const name = slotName(pair.slug)
  const look = async ({ databases }: UnpairContext) => {
    const [slot] = await databases.primary.query(slotHolderQuestion, [name])
    const holder = slot ? String(slot.address) : ''
    return { isThere: slot !== undefined, other: holder === hosts.standby.address ? '' : holder }
  }
  const usedSentence = (address: string) =>
    `${name} stays on ${hostName}: a server at ${address} receives from it.`
  return {
    planned: {
      ...onlyForward,
      id: 'primary-slot',
      title: `Drop the slot ${name} on ${hostName}`,
      host: 'primary',
      preview: [
        { kind: 'sql', text: dropSlot(name).preview },
        { kind: 'note', text: `Unless another server than ${hosts.standby.name} receives from it by then.` },
      ],
      attemptsMax: 3,
    },
    async check(context) {
      const { isThere, other } = await look(context)
      if (!isThere) return { done: true, sentence: `There is no slot ${name}.` }
      return other === '' ? { done: false } : { done: true, sentence: usedSentence(other) }
    },
    async run({ databases }, { signal }) {
      await dropSlotOnceFree({ database: databases.primary, name, hostName }, signal)
    },
    async verify(context) {
      const { isThere, other } = await look(context)
      if (other !== '') return usedSentence(other)
      if (isThere) throw stepFailed(`${name} is still on ${hostName}.`, 'Resume the operation.')
      return `Dropped ${name}: ${hostName} holds no WAL back for ${hosts.standby.name} any more.`
    },
  }
}
