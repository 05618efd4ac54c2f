import { asDatabaseOwner, sh } from '@/lib/commands/command'
import { hbaErrorsQuestion, hbaLines, putHbaBlock, removeHbaBlock } from '@/lib/commands/postgres-hba'
import { reloadSettings } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import type { HostDoor } from '@/lib/ports/host-door'

type RulesFile = {
  readonly path: string
  readonly content: string
  readonly mode: string
  readonly owner: string
}

/** The file behind the path (a link is followed), with its mode and owner. */
async function readRules(door: HostDoor, path: string): Promise<RulesFile> {
  const question = asDatabaseOwner(
    sh`p=$(readlink -f -- ${path}) && stat -c '%a %U:%G' -- "$p" && printf '%s\n' "$p"`,
  )
  const { stdout } = await door.runOrThrow(question, { timeoutMs: 10_000 })
  const [stat = '', real = ''] = stdout.split('\n')
  const [mode = '', owner = ''] = stat.split(' ')
  const content = await door.readFile(real, 'database-owner')
  if (content === null)
    throw new AppError('STEP_FAILED', `${path} on ${door.hostName} is not there.`, {
      fix: 'See where PostgreSQL keeps its pg_hba.conf: SHOW hba_file;',
    })
  return { path: real, content, mode: mode.padStart(4, '0'), owner }
}

const write = (door: HostDoor, file: RulesFile, content: string) =>
  door.writeFile({ ...file, content, isSecret: false, as: 'database-owner' })

/** Writes the rules and has PostgreSQL read them; what it can't read is taken back before it is ever loaded. */
async function writeAndReload(context: CreateContext, role: Role, content: string, isRunning: boolean) {
  const door = context.doors[role]
  const before = await readRules(door, context.layouts[role].hbaFile)
  if (before.content !== content) await write(door, before, content)
  if (!isRunning) return
  const errors = await context.databases[role].query(hbaErrorsQuestion)
  if (errors.length > 0) {
    await write(door, before, before.content)
    throw new AppError('STEP_FAILED', `PostgreSQL on ${door.hostName} can’t read the new pg_hba.conf.`, {
      fix: 'Nothing was loaded and the file is as it was. Mend the lines that were wrong before, then resume.',
      detail: JSON.stringify(errors),
    })
  }
  await context.databases[role].query(reloadSettings.text)
}

/** Changes the file of a running server, which then reads it. */
export async function changeRules(
  context: CreateContext,
  role: Role,
  edit: (content: string) => string,
): Promise<void> {
  const { content } = await readRules(context.doors[role], context.layouts[role].hbaFile)
  if (edit(content) !== content) await writeAndReload(context, role, edit(content), true)
}

/** As it stands on the host. */
export const readRulesOf = async (context: CreateContext, role: Role): Promise<string> =>
  (await readRules(context.doors[role], context.layouts[role].hbaFile)).content

/**
 * One managed block in `pg_hba.conf`. On the primary the standby may replicate; on both the monitoring role may sign in
 * from the host itself. The standby's file is written while its PostgreSQL is stopped. `before`: the lines of ours that stood there
 * when the plan was made, which an undo puts back.
 */
export function accessRules(
  basis: CreateBasis,
  role: Role,
  before: readonly string[] | null = null,
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
        ...(isPrimary ? [{ kind: 'sql' as const, text: reloadSettings.preview }] : []),
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
      await writeAndReload(context, role, putHbaBlock(content, pair.slug, lines), isPrimary)
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
      await writeAndReload(context, role, restored, isPrimary)
      return `${path} is as it was.`
    },
  }
}
