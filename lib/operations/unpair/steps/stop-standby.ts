import { toPreview } from '@/lib/commands/command'
import { startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'

/** The standby lets go of its primary: its PostgreSQL is stopped. */
export function stopStandby({ hosts }: UnpairBasis, layout: PostgresLayout): Step<UnpairContext> {
  const { name } = hosts.standby
  /** With the pair's data: once that has left its place, the server that was there before may run. */
  const isRunning = async ({ doors }: UnpairContext) => {
    const { stdout } = await doors.standby.runOrThrow(serverIdentityQuestion(layout), { timeoutMs: 15_000 })
    const found = parseServerIdentity(stdout)
    return found.isRunning && found.systemIdentifier === layout.systemIdentifier
  }
  return {
    planned: {
      id: 'stop-standby',
      title: `Stop PostgreSQL on ${name}`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(stopPostgres(layout)) }],
      undo: 'undo',
      undoSentence: 'Starts it again: it follows as before.',
      irreversible: false,
      timeoutMs: 360_000,
      attemptsMax: 2,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layout.systemIdentifier,
      states: ['standby', 'starting', 'hung', 'stopped'],
      needsSignal: true,
    }),
    async check(context) {
      return (await isRunning(context))
        ? { done: false }
        : { done: true, sentence: 'It does not run with the pair’s data.' }
    },
    async run({ doors, databases }, { signal }) {
      await databases.standby.close()
      await doors.standby.runOrThrow(stopPostgres(layout), { timeoutMs: 330_000, signal })
    },
    async verify(context) {
      if (await isRunning(context))
        throw stepFailed(
          `PostgreSQL on ${name} still runs.`,
          'See what keeps it up (a service manager?), then resume.',
        )
      return `PostgreSQL on ${name} is stopped.`
    },
    async undo(context, { signal }) {
      const { doors, databases } = context
      await databases.standby.close()
      if (!(await isRunning(context)))
        await doors.standby.runOrThrow(startPostgres(layout), { timeoutMs: 330_000, signal })
      await awaitAnswer(databases.standby, signal, () => isRunning(context))
      return `PostgreSQL on ${name} runs again.`
    },
  }
}
