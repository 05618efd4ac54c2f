import { toPreview } from '@/lib/commands/command'
import { startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'

/** How long stopping a server may take. */
export const stopMs = 330_000

/** Whether a server runs with the pair's data: once that has left its place, the one that was there before may run. */
async function isRunningWithCopy({ doors }: UnpairContext, layout: PostgresLayout): Promise<boolean> {
  const { stdout } = await doors.standby.runOrThrow(serverIdentityQuestion(layout), { timeoutMs: 15_000 })
  const found = parseServerIdentity(stdout)
  return found.isRunning && found.systemIdentifier === layout.systemIdentifier
}

/**
 * As what a step finds the standby that needs it stopped: a host that has just come up answers before what starts with it has run, so that the
 * server may be started behind the one that stopped it.
 */
export const letGoStates = ['stopped', 'standby', 'starting', 'hung'] as const

/** Stops a server that was started again since the standby let go. */
export async function stopAgain(context: UnpairContext, layout: PostgresLayout, io: StepIo): Promise<void> {
  if (!(await isRunningWithCopy(context, layout))) return
  io.output('PostgreSQL was started again meanwhile: it is stopped.')
  await context.databases.standby.close()
  await context.doors.standby.runOrThrow(stopPostgres(layout), { timeoutMs: stopMs, signal: io.signal })
}

/** The standby lets go of its primary: its PostgreSQL is stopped. */
export function stopStandby({ hosts }: UnpairBasis, layout: PostgresLayout): Step<UnpairContext> {
  const { name } = hosts.standby
  const isRunning = (context: UnpairContext) => isRunningWithCopy(context, layout)
  return {
    planned: {
      id: 'stop-standby',
      title: `Stop PostgreSQL on ${name}`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(stopPostgres(layout)) }],
      undo: 'undo',
      undoSentence: 'Starts it again: it follows as before.',
      irreversible: false,
      timeoutMs: stopMs + 30_000,
      attemptsMax: 2,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layout.systemIdentifier,
      states: letGoStates,
      needsSignal: true,
    }),
    async check(context) {
      return (await isRunning(context))
        ? { done: false }
        : { done: true, sentence: 'It does not run with the pair’s data.' }
    },
    async run({ doors, databases }, { signal }) {
      await databases.standby.close()
      await doors.standby.runOrThrow(stopPostgres(layout), { timeoutMs: stopMs, signal })
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
        await doors.standby.runOrThrow(startPostgres(layout), { timeoutMs: stopMs, signal })
      await awaitAnswer(databases.standby, signal, () => isRunning(context))
      return `PostgreSQL on ${name} runs again.`
    },
  }
}
