import { hbaBlockOf } from '@/lib/commands/postgres-hba'
import { dropRewindRole, rewindRole } from '@/lib/commands/rewind'
import type { Step } from '@/lib/operations/engine/step'
import { readRules } from '@/lib/operations/hba-file'
import type { RepairBasis, RepairContext } from '@/lib/operations/repair/basis'
import { blockOf, closeAccess } from '@/lib/operations/repair/steps/rewind-data'
import { stepFailed } from '@/lib/operations/step-failed'

/** However the rewind ended, and whoever was killed meanwhile: the primary lets none in any more. */
export function closeRewind(basis: RepairBasis): Step<RepairContext> {
  const { name } = basis.hosts.primary
  const isClosed = async (context: RepairContext) => {
    const roles = await context.databases.primary.query('select 1 from pg_roles where rolname = $1', [
      rewindRole,
    ])
    const { content } = await readRules(context.doors.primary, context.layouts.primary.hbaFile)
    return roles.length === 0 && hbaBlockOf(content, blockOf(basis)) === null
  }
  return {
    planned: {
      id: 'close-rewind',
      title: `See that ${name} lets no rewind in any more`,
      host: 'primary',
      preview: [{ kind: 'sql', text: dropRewindRole.preview }],
      undo: 'nothing-to-undo',
      undoSentence: 'The role was there for the rewind alone.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isClosed(context))
        ? { done: true, sentence: `${rewindRole} and its line in pg_hba.conf are gone.` }
        : { done: false }
    },
    run: (context) => closeAccess(context, basis),
    async verify(context) {
      if (!(await isClosed(context)))
        throw stepFailed(
          `${rewindRole} is still let in on ${name}.`,
          `Drop it: DROP OWNED BY ${rewindRole}; DROP ROLE ${rewindRole};`,
        )
      return `${rewindRole} and its line in pg_hba.conf are gone.`
    },
  }
}
