import { toPreview } from '@/lib/commands/command'
import { controlData, stopPostgres } from '@/lib/commands/postgres-server'
import { parseControlData } from '@/lib/facts/control-data'
import { askHost } from '@/lib/operations/ask-host'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import type { FollowBasis, RepairContext } from '@/lib/operations/repair/basis'
import { readFollowState } from '@/lib/operations/repair/steps/follow-primary'
import { stepFailed } from '@/lib/operations/step-failed'
import { isShutDown } from '@/lib/operations/switchover/steps/stop-primary'

/** Since the switch over stopped it; a standby says other words, running or not. */
export async function wasStarted(
  { doors }: RepairContext,
  { database: { layout } }: FollowBasis,
): Promise<boolean> {
  return !isShutDown(
    parseControlData(await askHost(doors.standby, controlData(layout, layout.dataDirectory))),
  )
}

/**
 * The old primary's processes end a moment after its last checkpoint, and its service manager learns of it later still: only then can it
 * be started. In the roles that the hosts are to have.
 */
export function endOldPrimary(basis: FollowBasis): Step<RepairContext> {
  const { hosts, database, layouts } = basis
  const { layout } = database
  const { name } = hosts.standby
  const isRunning = async (context: RepairContext) => (await readFollowState(context, basis)).isRunning
  return {
    planned: {
      id: 'end-old-primary',
      title: `See PostgreSQL on ${name} end`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(stopPostgres(layout)) }],
      undo: 'nothing-to-undo',
      undoSentence: 'It was stopped before.',
      irreversible: false,
      timeoutMs: 345_000,
      attemptsMax: 2,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['standby', 'starting', 'stopped'],
    }),
    async check(context) {
      if (await wasStarted(context, basis))
        return { done: true, sentence: `PostgreSQL on ${name} was started since.` }
      return layout.unit === null && !(await isRunning(context))
        ? { done: true, sentence: `PostgreSQL on ${name} has ended.` }
        : { done: false }
    },
    async run(context, { signal }) {
      if (await wasStarted(context, basis)) return
      const { doors } = context
      // Without a unit it may have ended just before: then there is nothing to stop, which `pg_ctl` calls a failure.
      await doors.standby.run(stopPostgres(layout), { timeoutMs: 330_000, signal })
    },
    async verify(context) {
      if (!(await wasStarted(context, basis)) && (await isRunning(context)))
        throw stepFailed(`PostgreSQL on ${name} still runs.`, 'See what keeps it up, then re-pair.')
      return `PostgreSQL on ${name} has ended.`
    },
  }
}
