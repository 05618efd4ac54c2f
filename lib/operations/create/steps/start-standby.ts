import { toPreview } from '@/lib/commands/command'
import { startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { readPlaces } from '@/lib/operations/create/steps/read-places'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'

/** PostgreSQL on the standby comes up with the copy, read-only, and begins to follow the primary. */
export function startStandby({ hosts, layouts }: CreateBasis): Step<CreateContext> {
  return {
    planned: {
      id: 'start-standby',
      title: `Start PostgreSQL on ${hosts.standby.name} as the standby`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(startPostgres(layouts.standby)) }],
      undo: 'undo',
      undoSentence: 'Stops it.',
      irreversible: false,
      timeoutMs: 3_600_000,
      attemptsMax: 1,
    },
    prove: proveHost({
      role: 'standby',
      layout: layouts.standby,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['stopped', 'starting', 'standby'],
      needsSignal: true,
    }),
    async check(context) {
      const { isPlaced, isRunning } = await readPlaces(context)
      return isPlaced && isRunning ? { done: true, sentence: 'It runs already.' } : { done: false }
    },
    async run(context, { signal }) {
      const { doors, databases } = context
      await databases.standby.close()
      if (!(await readPlaces(context)).isRunning)
        await doors.standby.runOrThrow(startPostgres(layouts.standby), { timeoutMs: 3_500_000, signal })
      await awaitAnswer(databases.standby, signal, async () => (await readPlaces(context)).isRunning)
    },
    async verify({ databases }) {
      const [row] = await databases.standby.query(
        'select pg_is_in_recovery() as recovering, system_identifier::text as id from pg_control_system()',
      )
      if (row?.recovering !== true || row.id !== layouts.primary.systemIdentifier)
        throw stepFailed(
          `PostgreSQL on ${hosts.standby.name} runs, but not as a standby of ${hosts.primary.name}.`,
          'Undo the operation: the old data gets its place back.',
          JSON.stringify(row ?? null),
        )
      return `PostgreSQL on ${hosts.standby.name} runs read-only, in recovery.`
    },
    async undo(context, { signal }) {
      const { isPlaced, isRunning } = await readPlaces(context)
      if (!isPlaced || !isRunning) return 'The standby did not run.'
      await context.databases.standby.close()
      await context.doors.standby.runOrThrow(stopPostgres(layouts.standby), { timeoutMs: 330_000, signal })
      return `PostgreSQL on ${hosts.standby.name} is stopped.`
    },
  }
}
