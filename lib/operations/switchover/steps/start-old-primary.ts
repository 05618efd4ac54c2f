import { toPreview } from '@/lib/commands/command'
import { beginRestart } from '@/lib/commands/postgres-server'
import type { Step } from '@/lib/operations/engine/step'
import { asFarAsPossible } from '@/lib/operations/promote/steps/as-far-as-possible'
import { proveHost } from '@/lib/operations/prove-host'
import type { FollowBasis, RepairContext } from '@/lib/operations/repair/basis'
import { wasStarted } from '@/lib/operations/switchover/steps/end-old-primary'

const beginMs = 15_000

/**
 * The old primary starts as a standby while the application starts on the new one: neither is kept waiting by the other. It has its
 * `standby.signal` and knows the new primary; whether it streams is seen later, and done in full there if this came to nothing. In the
 * roles that the hosts are to have.
 */
export function startOldPrimary(basis: FollowBasis): Step<RepairContext> {
  const { hosts, database, layouts } = basis
  const { layout } = database
  const { name } = hosts.standby
  return asFarAsPossible({
    planned: {
      id: 'start-old-primary',
      title: `Have PostgreSQL on ${name} start as a standby meanwhile`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(beginRestart(layout)) }],
      undo: 'nothing-to-undo',
      undoSentence: 'It is a standby.',
      irreversible: false,
      timeoutMs: 20_000,
      attemptsMax: 1,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['standby', 'starting', 'stopped'],
      needsSignal: true,
    }),
    async check(context) {
      return (await wasStarted(context, basis))
        ? { done: true, sentence: `PostgreSQL on ${name} was started since.` }
        : { done: false }
    },
    async run({ doors }, { signal }) {
      await doors.standby.runOrThrow(beginRestart(layout), { timeoutMs: beginMs, signal })
    },
    verify: async () => `PostgreSQL on ${name} was told to start; whether it follows is seen below.`,
  })
}
