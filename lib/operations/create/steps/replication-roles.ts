import {
  createRole,
  dropRole,
  isRoleOfPair,
  type OwnRole,
  ownRoles,
  ownRolesQuestion,
  roleComment,
} from '@/lib/commands/postgres-roles'
import { AppError } from '@/lib/errors'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const secretOf = {
  understudy_repl: 'replication-password',
  understudy_monitor: 'monitor-password',
} as const satisfies Record<OwnRole, string>

/** The roles of replication and monitoring on the primary, each with a random password that the store keeps. */
export function replicationRoles({ operationId, pair, hosts }: CreateBasis): Step<CreateContext> {
  const comment = roleComment(pair.slug, operationId)

  /** The roles that are there: those of this pair, those that this operation itself made, and all. */
  async function readRoles({ databases }: CreateContext) {
    const rows = await databases.primary.query(ownRolesQuestion.text, ownRolesQuestion.params)
    const named = (isSo: (said: string) => boolean) => {
      const names = rows.filter((row) => isSo(String(row.comment ?? ''))).map((row) => row.name)
      return ownRoles.filter((role) => names.includes(role))
    }
    return {
      ours: named((said) => isRoleOfPair(said, pair.slug)),
      made: named((said) => said === comment),
      all: rows.map((row) => String(row.name)),
    }
  }

  return {
    planned: {
      id: 'replication-roles',
      title: `Make the roles of replication and monitoring on ${hosts.primary.name}`,
      host: 'primary',
      preview: ownRoles.map((role) => ({ kind: 'sql', text: createRole(role, '', comment).preview })),
      undo: 'undo',
      undoSentence: `Drops ${ownRoles.join(' and ')}.`,
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      const { ours } = await readRoles(context)
      return ours.length === ownRoles.length
        ? { done: true, sentence: 'Both roles of this pair are there.' }
        : { done: false }
    },
    async run(context, io) {
      const { ours, all } = await readRoles(context)
      for (const role of ownRoles.filter((name) => !ours.includes(name))) {
        if (all.includes(role))
          throw new AppError(
            'PRECONDITION_FAILED',
            `${role} exists on ${hosts.primary.name} and is not ours.`,
            {
              fix: `Find out who uses it; if nobody does: DROP ROLE ${role};`,
            },
          )
        const password = await context.secrets.ensure(secretOf[role])
        await context.databases.primary.query(
          createRole(role, context.secrets.scramVerifier(password), comment).text,
        )
        io.output(`${role} made`)
      }
    },
    async verify(context) {
      const { ours } = await readRoles(context)
      if (ours.length < ownRoles.length)
        throw stepFailed('The roles were made, but are not there.', 'Resume the operation.')
      return `${ownRoles.join(' and ')} exist on ${hosts.primary.name}.`
    },
    async undo(context) {
      const { made } = await readRoles(context)
      for (const role of made) await context.databases.primary.query(dropRole(role).text)
      return made.length > 0 ? `Dropped ${made.join(' and ')}.` : 'This operation made none of the roles.'
    },
  }
}
