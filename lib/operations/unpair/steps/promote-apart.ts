import { reloadSettings, restoreSystem } from '@/lib/commands/postgres-settings'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { awaitFact } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { applyMs, isReplayPaused, replayGoesOn } from '@/lib/operations/promote/steps/resume-replay'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import { readAltered } from '@/lib/operations/steps/alter-settings'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { followSettings } from '@/lib/operations/unpair/steps/forget-primary'

const promote = 'select case when pg_is_in_recovery() then pg_promote(false) end is null as ended'

/** The standby becomes a writable copy of its own, and knows no primary any more. */
export function promoteApart(basis: UnpairBasis, layout: PostgresLayout): Step<UnpairContext> {
  const { hosts } = basis
  const { name } = hosts.standby
  const resets = followSettings.map((setting) => restoreSystem(setting, undefined))
  const look = async ({ databases: { standby } }: UnpairContext) => {
    const [row] = await standby.query(
      'select pg_is_in_recovery() as recovering, system_identifier::text as id from pg_control_system()',
    )
    const left = await readAltered(standby, followSettings)
    return { isWritable: row?.recovering === false, isDone: row?.recovering === false && left.size === 0 }
  }
  return {
    planned: {
      id: 'promote-apart',
      title: `Make ${name} a standalone copy`,
      host: 'standby',
      preview: [
        ...(isReplayPaused(basis) ? [{ kind: 'sql' as const, text: replayGoesOn }] : []),
        { kind: 'sql', text: 'select pg_promote(false) -- until recovery has ended' },
        ...[...resets, reloadSettings].map(({ preview }) => ({ kind: 'sql' as const, text: preview })),
        {
          kind: 'note',
          text: `${name} holds a copy of the data of ${hosts.primary.name} as of now, and diverges from it from here on. Its application stays stopped.`,
        },
      ],
      undo: 'forward-only',
      undoSentence: 'From here on it only goes forward.',
      irreversible: true,
      timeoutMs: isReplayPaused(basis) ? applyMs : 300_000,
      attemptsMax: 3,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layout.systemIdentifier,
      // Writable where it was promoted by this very step, which was cut off then.
      states: ['standby', 'primary'],
    }),
    async check(context) {
      return (await look(context)).isDone
        ? { done: true, sentence: `${name} is a copy of its own already.` }
        : { done: false }
    },
    async run({ databases: { standby } }, { signal }) {
      // A server before PostgreSQL 13 never ends its recovery while replay is paused.
      if (isReplayPaused(basis)) await standby.query(replayGoesOn)
      await awaitFact({ signal, everyMs: 100 }, async () =>
        (await standby.query(promote))[0]?.ended === true ? true : null,
      )
      for (const reset of resets) await standby.query(reset.text)
      await standby.query(reloadSettings.text)
    },
    async verify(context) {
      if (!(await look(context)).isDone)
        throw stepFailed(
          `${name} was told to promote, but is no copy of its own yet.`,
          `Look into the PostgreSQL log of ${name}, then resume.`,
        )
      return `${name} accepts writes, and follows nobody.`
    },
  }
}
