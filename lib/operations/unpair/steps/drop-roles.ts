import { dropRole, ownRoles, pairRolesQuestion } from '@/lib/commands/postgres-roles'
import type { Role } from '@/lib/domain/pair'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The roles that create made, known by their comment; one that somebody else uses by now stays. */
export function dropRoles({ hosts, pair }: UnpairBasis, role: Role): Step<UnpairContext> {
  const { name } = hosts[role]
  const question = pairRolesQuestion(pair.slug, hosts.standby.address)
  const look = async ({ databases }: UnpairContext) => {
    const rows = await databases[role].query(question.text, question.params)
    const isFree = (row: (typeof rows)[number]) => row.used_by === ''
    return {
      free: ownRoles.filter((own) => rows.some((row) => row.name === own && isFree(row))),
      used: rows.filter((row) => !isFree(row)).map((row) => `${row.name} (${row.used_by})`),
    }
  }
  const stays = (used: readonly string[]) =>
    used.length > 0 ? ` Somebody else uses this, so it stays: ${used.join(', ')}.` : ''
  return {
    planned: {
      ...onlyForward,
      id: `${role}-roles`,
      title: `Drop the roles of replication and monitoring on ${name}`,
      host: role,
      preview: [
        ...ownRoles.map((own) => ({ kind: 'sql' as const, text: dropRole(own).preview })),
        {
          kind: 'note',
          text: 'Only one that create made for this pair, as its comment says, and that nobody else uses.',
        },
      ],
      attemptsMax: 3,
    },
    async check(context) {
      const { free, used } = await look(context)
      return free.length === 0
        ? { done: true, sentence: `No role of the pair is left to drop on ${name}.${stays(used)}` }
        : { done: false }
    },
    async run(context) {
      for (const own of (await look(context)).free) await context.databases[role].query(dropRole(own).text)
    },
    async verify(context) {
      const { free, used } = await look(context)
      if (free.length > 0)
        throw stepFailed(`${free.join(' and ')} could not be dropped.`, 'Resume the operation.')
      return `The pair’s roles are gone from ${name}.${stays(used)}`
    },
  }
}
