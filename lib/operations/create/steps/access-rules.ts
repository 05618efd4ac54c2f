import { hbaLines, putHbaBlock, removeHbaBlock } from '@/lib/commands/postgres-hba'
import { reloadSettings } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { readRules, writeAndReload } from '@/lib/operations/hba-file'

/**
 * One managed block in `pg_hba.conf`. On the primary the standby may replicate; on both the monitoring role may sign in
 * from the host itself. `before`: the lines of ours that stood there when the plan was made, which an undo puts back. `isRunning`: the
 * server reads them again; a create writes the standby's file while its PostgreSQL is stopped.
 */
export function accessRules(
  basis: CreateBasis,
  role: Role,
  before: readonly string[] | null = null,
  isRunning: boolean = role === 'primary',
): Step<CreateContext> {
  const { pair, hosts, layouts } = basis
  const { isTls } = createNames(basis)
  const isPrimary = role === 'primary'
  const lines = hbaLines({ replicationFrom: isPrimary ? hosts.standby.address : null, isTls })
  const path = layouts[role].hbaFile
  const added = putHbaBlock('', pair.slug, lines).trimEnd().split('\n')
  const isThere = (content: string) => content === putHbaBlock(content, pair.slug, lines)
  return {
    planned: {
      id: `${role}-access-rules`,
      title: isPrimary
        ? `Let ${hosts.standby.name} replicate from ${hosts.primary.name}`
        : `Let the monitoring role sign in on ${hosts.standby.name}`,
      host: role,
      preview: [
        {
          kind: 'file',
          path,
          diff: `@@ -0,0 +1,${added.length} @@\n${added.map((line) => `+${line}`).join('\n')}\n`,
        },
        ...(isRunning ? [{ kind: 'sql' as const, text: reloadSettings.preview }] : []),
      ],
      undo: 'undo',
      undoSentence:
        before === null ? `Removes exactly these lines from ${path}.` : `Puts back our lines of before.`,
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check({ doors }) {
      const { content } = await readRules(doors[role], path)
      return isThere(content) ? { done: true, sentence: `${path} has the lines already.` } : { done: false }
    },
    async run(context) {
      const { content } = await readRules(context.doors[role], path)
      const withBlock = putHbaBlock(content, pair.slug, lines)
      await writeAndReload(context, role, { path, content: withBlock, isRunning })
    },
    async verify({ doors }) {
      const { content } = await readRules(doors[role], path)
      if (!isThere(content))
        throw new AppError('STEP_FAILED', `${path} was written, but the lines are not in it.`, {
          fix: 'See who else writes this file (a configuration manager?), then resume.',
        })
      return `${path} has ${lines.length} lines of ours, first in the file.`
    },
    async undo(context) {
      const { content } = await readRules(context.doors[role], path)
      const restored =
        before === null ? removeHbaBlock(content, pair.slug) : putHbaBlock(content, pair.slug, before)
      await writeAndReload(context, role, { path, content: restored, isRunning })
      return `${path} is as it was.`
    },
  }
}
