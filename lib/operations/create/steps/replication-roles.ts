import {
  createRole,
  dropRole,
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

  /** The roles that are there, ours and others'. */
  async function readRoles({ databases }: CreateContext) {
    const rows = await databases.primary.query(ownRolesQuestion.text, ownRolesQuestion.params)
    const ours = rows.filter((row) => row.comment === comment).map((row) => row.name)
    return { ours: ownRoles.filter((role) => ours.includes(role)), all: rows.map((row) => String(row.name)) }
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
        ? { done: true, sentence: 'Both roles are there, made by this operation.' }
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
      const { ours } = await readRoles(context)
      for (const role of ours) await context.databases.primary.query(dropRole(role).text)
      return ours.length > 0 ? `Dropped ${ours.join(' and ')}.` : 'None of the roles was there.'
    },
  }
}
