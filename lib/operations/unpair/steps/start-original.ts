import { toPreview } from '@/lib/commands/command'
import { startPostgres } from '@/lib/commands/postgres-server'
import { parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The server that was there before the pair runs again, with its own data. */
export function startOriginal({ hosts }: UnpairBasis, made: CreateBasis): Step<UnpairContext> {
  const { name } = hosts.standby
  const layout = made.layouts.standby
  const isRunning = async ({ doors }: UnpairContext) =>
    parseServerIdentity(
      (await doors.standby.runOrThrow(serverIdentityQuestion(layout), { timeoutMs: 15_000 })).stdout,
    ).isRunning
  return {
    planned: {
      ...onlyForward,
      id: 'start-original',
      title: `Start PostgreSQL on ${name} with its original data`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(startPostgres(layout)) }],
      timeoutMs: 360_000,
      attemptsMax: 2,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layout.systemIdentifier,
      states: ['stopped', 'starting', 'primary', 'standby'],
    }),
    async check(context) {
      return (await isRunning(context)) ? { done: true, sentence: 'It runs already.' } : { done: false }
    },
    async run(context, { signal }) {
      const { doors, databases } = context
      await databases.standby.close()
      if (!(await isRunning(context)))
        await doors.standby.runOrThrow(startPostgres(layout), { timeoutMs: 330_000, signal })
      await awaitAnswer(databases.standby, signal, () => isRunning(context))
    },
    async verify({ databases }) {
      const [row] = await databases.standby.query(
        'select pg_is_in_recovery() as recovering, system_identifier::text as id from pg_control_system()',
      )
      if (row?.id !== layout.systemIdentifier)
        throw stepFailed(`PostgreSQL on ${name} runs with other data.`, `Look at ${layout.dataDirectory}.`)
      return `PostgreSQL on ${name} runs with the data that it had before the pair.`
    },
  }
}
