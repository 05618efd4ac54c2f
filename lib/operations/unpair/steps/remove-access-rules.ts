import { removeHbaBlock } from '@/lib/commands/postgres-hba'
import { reloadSettings } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import type { Step } from '@/lib/operations/engine/step'
import { readRules, writeAndReload } from '@/lib/operations/hba-file'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** Nobody is let in by the pair's lines of `pg_hba.conf` any more. `isRunning`: the server reads them again. */
export function removeAccessRules(
  { pair, hosts }: UnpairBasis,
  role: Role,
  { hbaFile: path, isRunning }: Pick<PostgresLayout, 'hbaFile'> & { isRunning: boolean },
): Step<UnpairContext> {
  const { name } = hosts[role]
  const isDone = async ({ doors }: UnpairContext) => {
    const { content } = await readRules(doors[role], path)
    return removeHbaBlock(content, pair.slug) === content
  }
  return {
    planned: {
      ...onlyForward,
      id: `${role}-access-rules`,
      title: `Take the pair’s lines out of pg_hba.conf of ${name}`,
      host: role,
      preview: [
        { kind: 'note', text: `The lines from “BEGIN understudy ${pair.slug}” to its end, in ${path}.` },
        ...(isRunning ? [{ kind: 'sql' as const, text: reloadSettings.preview }] : []),
      ],
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `${path} has no lines of the pair.` }
        : { done: false }
    },
    async run(context) {
      const { content } = await readRules(context.doors[role], path)
      await writeAndReload(context, role, { path, content: removeHbaBlock(content, pair.slug), isRunning })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(`${path} still has lines of the pair.`, 'See who writes this file, then resume.')
      return `${path} is without the pair’s lines, and else as it was.`
    },
  }
}
