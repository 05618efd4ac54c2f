import { dropAutoConf, putAutoConf } from '@/lib/commands/postgres-standby'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { letGoStates, stopAgain, stopMs } from '@/lib/operations/unpair/steps/stop-standby'

/** By these a standby finds its primary. */
export const followSettings = ['primary_conninfo', 'primary_slot_name'] as const

/** What a standby that somebody else made finds its primary by may stand in a file of theirs too: said empty, it counts no more. */
const nobody = { primary_conninfo: '', primary_slot_name: '' }

/** What a stopped standby holds names no primary any more: started, it comes up read-only and follows nobody. */
export function forgetPrimary({ hosts, facts }: UnpairBasis, layout: PostgresLayout): Step<UnpairContext> {
  const { name } = hosts.standby
  const without = (content: string) =>
    facts.created?.kind === 'adopt' ? putAutoConf(content, nobody) : dropAutoConf(content, followSettings)
  const path = `${layout.dataDirectory}/postgresql.auto.conf`
  const read = async ({ doors }: UnpairContext) =>
    (await doors.standby.readFile(path, 'database-owner')) ?? ''
  const isDone = async (context: UnpairContext) => {
    const content = await read(context)
    return without(content) === content
  }
  return {
    planned: {
      id: 'forget-primary',
      title: `Take ${hosts.primary.name} out of the settings of ${name}`,
      host: 'standby',
      preview: [
        { kind: 'file', path, diff: followSettings.map((setting) => `-${setting} = …\n`).join('') },
        {
          kind: 'note',
          text: `standby.signal stays: started by hand or with the host, PostgreSQL on ${name} comes up read-only and follows nobody.`,
        },
      ],
      undo: 'forward-only',
      undoSentence: 'From here on it only goes forward.',
      irreversible: true,
      timeoutMs: stopMs + 60_000,
      attemptsMax: 3,
    },
    prove: proveHost({
      role: 'standby',
      layout,
      systemIdentifier: layout.systemIdentifier,
      states: letGoStates,
      needsSignal: true,
    }),
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: `${path} names no primary.` } : { done: false }
    },
    async run(context, io) {
      await stopAgain(context, layout, io)
      await context.doors.standby.writeFile({
        path,
        content: without(await read(context)),
        mode: '0600',
        owner: `${layout.osUser}:`,
        isSecret: false,
        as: 'database-owner',
      })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(`${path} still names a primary.`, 'See who writes this file, then resume.')
      return `${path} names no primary.`
    },
  }
}
