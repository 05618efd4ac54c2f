import { toPreview } from '@/lib/commands/command'
import { startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { readPlaces } from '@/lib/operations/create/steps/read-places'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'

/** The standby's own old server is stopped, so that its data can be put aside; `ran`: whether an undo starts it again. */
export function stopStandbyPostgres(
  { hosts, layouts }: CreateBasis,
  { ran = true }: { ran?: boolean } = {},
): Step<CreateContext> {
  return {
    planned: {
      id: 'stop-postgres',
      title: `Stop PostgreSQL on ${hosts.standby.name}`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(stopPostgres(layouts.standby)) }],
      undo: 'undo',
      undoSentence: ran ? 'Starts it again with its old data.' : 'It stays stopped, as it was.',
      irreversible: false,
      timeoutMs: 360_000,
      attemptsMax: 1,
    },
    prove: proveHost({
      role: 'standby',
      layout: layouts.standby,
      systemIdentifier: layouts.standby.systemIdentifier,
      states: ['primary', 'standby', 'starting', 'stopped'],
      isUnused: true,
    }),
    async check(context) {
      // It ran when the plan was made: who stops it (with the application, it may be) has us start it again at an undo.
      const { isPlaced, hasAside } = await readPlaces(context)
      return isPlaced || hasAside
        ? { done: true, sentence: 'The old data is aside already.' }
        : { done: false }
    },
    async run(context, { signal }) {
      const { doors, databases } = context
      const { isRunning, isPlaced } = await readPlaces(context)
      if (!isRunning || isPlaced) return
      await databases.standby.close()
      await doors.standby.runOrThrow(stopPostgres(layouts.standby), { timeoutMs: 330_000, signal })
    },
    async verify(context) {
      const { isRunning, isPlaced } = await readPlaces(context)
      if (isRunning && !isPlaced)
        throw stepFailed(
          `PostgreSQL on ${hosts.standby.name} still runs.`,
          'See what keeps it up (a service manager?), then resume.',
        )
      return `The old server on ${hosts.standby.name} is stopped.`
    },
    async undo(context, { signal }) {
      const { doors, databases } = context
      if (!ran) return 'It did not run before.'
      const places = await readPlaces(context)
      if (places.isPlaced || !places.hasData)
        throw stepFailed(
          `The old data of ${hosts.standby.name} is not in its place.`,
          `Look at ${layouts.standby.dataDirectory} and what stands beside it, then undo again.`,
        )
      if (!places.isRunning) {
        await doors.standby.runOrThrow(startPostgres(layouts.standby), { timeoutMs: 330_000, signal })
        await awaitAnswer(databases.standby, signal, async () => (await readPlaces(context)).isRunning)
      }
      return `PostgreSQL on ${hosts.standby.name} runs with its old data.`
    },
  }
}
