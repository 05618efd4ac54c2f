import { keptAutoConfPath } from '@/lib/commands/kept-auto-conf'
import { createSlot, slotQuestion } from '@/lib/commands/postgres-slot'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { giveStreamBack, streamsAsFound, takeUpPreview } from '@/lib/operations/adopt/stream-back'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/**
 * The standby follows by what it followed by before it was taken over: role, slot and settings that somebody else made. `mark`: of the operation that
 * took it over.
 */
export function streamAsFound(
  { hosts, pair }: UnpairBasis,
  standby: PostgresLayout,
  mark: string,
): Step<UnpairContext> {
  const slot = pair.adoption?.found.stream?.slot ?? null
  const changing = { hosts, slug: pair.slug, standby, mark }
  const kept = keptAutoConfPath(standby.dataDirectory, mark)
  const isDone = async (context: UnpairContext) =>
    (await context.doors.standby.readFile(kept, 'database-owner')) === null &&
    (await streamsAsFound(context, changing))
  return {
    planned: {
      ...onlyForward,
      id: 'stream-as-found',
      title: `Let ${hosts.standby.name} follow ${hosts.primary.name} as it did before it was taken over`,
      host: 'standby',
      preview: [
        ...(slot === null ? [] : [{ kind: 'sql' as const, text: createSlot(slot).preview }]),
        { kind: 'note', text: `${kept} gets the place of postgresql.auto.conf again.` },
        takeUpPreview(standby),
      ],
      timeoutMs: 600_000,
      attemptsMax: 2,
    },
    prove: proveHost({
      role: 'standby',
      layout: standby,
      systemIdentifier: standby.systemIdentifier,
      states: ['standby', 'starting'],
    }),
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `${hosts.standby.name} streams as it did before.` }
        : { done: false }
    },
    async run(context, { signal }) {
      const { primary } = context.databases
      if (slot !== null && (await primary.query(slotQuestion, [slot])).length === 0)
        await primary.query(createSlot(slot).text)
      await giveStreamBack(context, changing, signal)
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `${hosts.standby.name} does not stream as it did before.`,
          `The PostgreSQL log of ${hosts.standby.name} says why: is the role of then still there, and let in? Mend that, then resume.`,
        )
      return `${hosts.standby.name} streams from ${hosts.primary.name} as it did before it was taken over.`
    },
  }
}
