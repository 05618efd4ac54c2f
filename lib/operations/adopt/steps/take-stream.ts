import { keptAutoConfPath } from '@/lib/commands/kept-auto-conf'
import { hasAutoConf, putAutoConf } from '@/lib/commands/postgres-standby'
import type { PlannedStep } from '@/lib/domain/operation'
import type { AdoptBasis, AdoptContext } from '@/lib/operations/adopt/basis'
import {
  type ChangingStream,
  giveStreamBack,
  streamMs,
  takeUp,
  takeUpPreview,
} from '@/lib/operations/adopt/stream-back'
import { awaitFactFor } from '@/lib/operations/await-fact'
import { markOf } from '@/lib/operations/context'
import { createNames } from '@/lib/operations/create/basis'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { proveHost } from '@/lib/operations/prove-host'
import { isStreaming } from '@/lib/operations/repair/steps/follows'
import { stepFailed } from '@/lib/operations/step-failed'
import { followSettings, tellSettings } from '@/lib/operations/steps/tell-settings'

/**
 * What is written into the standby's own settings: how it follows; and how much WAL it keeps once it is the primary, which the data
 * of a create would have brought with them.
 */
function standbySettings(basis: AdoptBasis): Readonly<Record<string, string>> {
  const { facts, hosts, pair } = basis
  const server = answerOf(facts.standby.server)
  const kept = server ? walNeeds(server, hosts.standby.address, pair.settings).reload : {}
  return { ...kept, ...followSettings(basis) }
}

const changingOf = ({ hosts, pair, layouts, operationId }: AdoptBasis): ChangingStream => ({
  hosts,
  slug: pair.slug,
  standby: layouts.standby,
  mark: markOf(operationId),
})

function plannedOf(basis: AdoptBasis): PlannedStep {
  const { hosts, layouts, operationId } = basis
  const { dataDirectory } = layouts.standby
  const added = putAutoConf('', standbySettings(basis)).trimEnd().split('\n')
  return {
    id: 'take-stream',
    title: `Let ${hosts.standby.name} follow ${hosts.primary.name} by the pair’s own role and settings`,
    host: 'standby',
    preview: [
      {
        kind: 'file',
        path: `${dataDirectory}/postgresql.auto.conf`,
        diff: `${added.map((line) => `+${line}`).join('\n')}\n`,
      },
      {
        kind: 'note',
        text: `As it was it is kept as ${keptAutoConfPath(dataDirectory, markOf(operationId))}. The stream ends and begins anew; nothing is copied.`,
      },
      takeUpPreview(layouts.standby),
    ],
    undo: 'undo',
    undoSentence: 'Gives it back the settings that it had, and sees it stream by them.',
    irreversible: false,
    timeoutMs: 600_000,
    attemptsMax: 2,
  }
}

/**
 * The standby's stream is the pair's from here on: its own role, password file, slot and settings, which take the place of whoever's were
 * there. The data stay as they are.
 */
export function takeStream(basis: AdoptBasis): Step<AdoptContext> {
  const { hosts, layouts } = basis
  const { standby } = layouts
  const path = `${standby.dataDirectory}/postgresql.auto.conf`
  const isTold = async ({ doors }: AdoptContext) =>
    hasAutoConf((await doors.standby.readFile(path, 'database-owner')) ?? '', standbySettings(basis))
  const isDone = async (context: AdoptContext) => (await isTold(context)) && (await isStreaming(context))
  return {
    planned: plannedOf(basis),
    prove: proveHost({
      role: 'standby',
      layout: standby,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['standby', 'starting'],
    }),
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `${hosts.standby.name} streams by the pair’s own settings already.` }
        : { done: false }
    },
    async run(context, { signal }) {
      if (!(await isTold(context))) await tellSettings(context, standby, standbySettings(basis))
      await takeUp(context, standby, signal)
      const { clock } = context
      await awaitFactFor({ signal, everyMs: 250, waitMs: streamMs, clock }, () => isStreaming(context))
      if (await isStreaming(context)) return
      // A standby that follows nobody protects nothing: while somebody finds out why, it streams as before.
      await giveStreamBack(context, changingOf(basis), signal)
      throw stepFailed(
        `${hosts.standby.name} did not stream by the pair’s own settings; it streams by those of before again.`,
        `The PostgreSQL log of ${hosts.standby.name} says why. Mend that, then resume; or undo.`,
      )
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `${hosts.standby.name} does not stream by the pair’s own settings.`,
          `Look into the PostgreSQL log of ${hosts.standby.name}, mend what it says, then resume; or undo, and it streams as before.`,
        )
      return `${hosts.standby.name} streams from ${hosts.primary.name} as ${createNames(basis).stream}.`
    },
    async undo(context, { signal }) {
      await giveStreamBack(context, changingOf(basis), signal)
      return `${hosts.standby.name} streams by its settings of before.`
    },
  }
}
