import { asDatabaseOwner, sh } from '@/lib/commands/command'
import { hbaErrorsQuestion } from '@/lib/commands/postgres-hba'
import { reloadSettings } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { askHost } from '@/lib/operations/ask-host'
import type { AnyOperationContext, OperationContext } from '@/lib/operations/context'
import type { HostDoor } from '@/lib/ports/host-door'

type RulesFile = {
  readonly path: string
  readonly content: string
  readonly mode: string
  readonly owner: string
}

/** The `pg_hba.conf` behind the path (a link is followed), with its mode and owner. Throws STEP_FAILED where there is none. */
export async function readRules(door: HostDoor, path: string): Promise<RulesFile> {
  const question = asDatabaseOwner(
    sh`p=$(readlink -f -- ${path}) && stat -c '%a %U:%G' -- "$p" && printf '%s\n' "$p"`,
  )
  const [stat = '', real = ''] = (await askHost(door, question)).split('\n')
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

/**
 * Writes the rules at `path`, and where the server runs has it read them; what it can't read is taken back before it is ever loaded.
 * Throws STEP_FAILED then.
 */
export async function writeAndReload(
  { doors, databases }: Pick<AnyOperationContext, 'doors' | 'databases'>,
  role: Role,
  { path, content, isRunning }: { path: string; content: string; isRunning: boolean },
): Promise<void> {
  const door = doors[role]
  const before = await readRules(door, path)
  if (before.content !== content) await write(door, before, content)
  if (!isRunning) return
  const errors = await databases[role].query(hbaErrorsQuestion)
  if (errors.length > 0) {
    await write(door, before, before.content)
    throw new AppError('STEP_FAILED', `PostgreSQL on ${door.hostName} can’t read the new pg_hba.conf.`, {
      fix: 'Nothing was loaded and the file is as it was. Mend the lines that were wrong before, then resume.',
      detail: JSON.stringify(errors),
    })
  }
  await databases[role].query(reloadSettings.text)
}

/** Changes the file of a running server, which then reads it. Throws STEP_FAILED as `writeAndReload` does. */
export async function changeRules(
  context: Pick<OperationContext, 'doors' | 'databases' | 'layouts'>,
  role: Role,
  edit: (content: string) => string,
): Promise<void> {
  const { hbaFile: path } = context.layouts[role]
  const { content } = await readRules(context.doors[role], path)
  if (edit(content) !== content)
    await writeAndReload(context, role, { path, content: edit(content), isRunning: true })
}
