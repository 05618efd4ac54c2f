import { listenAlsoOn, listensOn } from '@/lib/commands/postgres-settings'
import { putAutoConf, standbySignal } from '@/lib/commands/postgres-standby'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { readPlaces } from '@/lib/operations/create/steps/read-places'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { stepFailed } from '@/lib/operations/step-failed'

/**
 * Settings that the copy must have of its own: where its primary is, and its own addresses, because the primary's
 * postgresql.auto.conf came with it.
 */
function settingsOf(basis: CreateBasis): Readonly<Record<string, string>> {
  const { hosts, facts } = basis
  const listens = answerOf(facts.standby.server)?.settings.listen_addresses?.setting ?? 'localhost'
  const address = hosts.standby.address
  const { streamConninfo, hasSlot, slot } = createNames(basis)
  return {
    listen_addresses: listensOn(listens, address) ? listens : listenAlsoOn(listens, address),
    primary_conninfo: streamConninfo,
    primary_slot_name: hasSlot ? slot : '',
  }
}

/** Makes the copy a standby before it takes the place of the old data, so that it can never start as a primary. */
export function configureCopy(basis: CreateBasis): Step<CreateContext> {
  const { operationId, hosts, layouts } = basis
  const { copy, jobId } = createNames(basis)
  const settings = settingsOf(basis)
  const owner = `${layouts.standby.osUser}:`
  const autoConf = `${copy}/postgresql.auto.conf`
  const added = putAutoConf('', settings).trimEnd().split('\n')
  return {
    planned: {
      id: 'configure-copy',
      title: `Make the copy a standby of ${hosts.primary.name}`,
      host: 'standby',
      preview: [
        { kind: 'file', path: autoConf, diff: `${added.map((line) => `+${line}`).join('\n')}\n` },
        { kind: 'file', path: `${copy}/standby.signal`, diff: `+${standbySignal(operationId)}\n` },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It is removed with the copy.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      const { isPlaced, isConfigured } = await readPlaces(context)
      return isPlaced || isConfigured
        ? { done: true, sentence: 'The copy is a standby already.' }
        : { done: false }
    },
    async run(context) {
      const { isPlaced, isConfigured } = await readPlaces(context)
      if (isPlaced || isConfigured) return
      const { standby } = context.doors
      const before = (await standby.readFile(autoConf, 'database-owner')) ?? ''
      const file = { mode: '0600', owner, isSecret: false, as: 'database-owner' as const }
      await standby.writeFile({ ...file, path: autoConf, content: putAutoConf(before, settings) })
      // Last: with this file the copy counts as complete.
      const content = `${standbySignal(operationId)}\n`
      await standby.writeFile({ ...file, path: `${copy}/standby.signal`, content })
      await standby.forgetJob(jobId)
    },
    async verify(context) {
      const { isPlaced, isConfigured } = await readPlaces(context)
      if (!isPlaced && !isConfigured)
        throw stepFailed(`${copy} has no standby.signal.`, 'Resume the operation.')
      return `${copy} follows ${hosts.primary.address} when it starts.`
    },
  }
}
