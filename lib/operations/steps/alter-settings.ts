import { alterSystem, reloadSettings, restoreSystem } from '@/lib/commands/postgres-settings'
import type { Role } from '@/lib/domain/pair'
import type { OperationContext, OwnerDatabase } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

type Databases = Pick<OperationContext, 'databases'>

/** What postgresql.auto.conf of a server says now of these settings, by name. */
export async function readAltered(
  database: OwnerDatabase,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query(
    `select name, setting from pg_file_settings
where sourcefile = current_setting('data_directory') || '/postgresql.auto.conf' and name = any ($1)`,
    [names],
  )
  return new Map(rows.map((row) => [String(row.name), String(row.setting)]))
}

/** ALTER SYSTEM and a reload, on the PostgreSQL of one of the two hosts; what needs a restart changes at the next one. */
export function alterSettings<C extends Databases>(given: {
  readonly id: string
  readonly title: string
  readonly role: Role
  readonly values: Readonly<Record<string, string>>
  /** What ALTER SYSTEM had set before: the undo brings it back. */
  readonly before: Readonly<Record<string, string>>
}): Step<C> {
  const { id, title, role, values, before } = given
  const names = Object.keys(values)
  const readNow = ({ databases }: Databases) => readAltered(databases[role], names)
  const isSet = (altered: ReadonlyMap<string, string>) =>
    names.length > 0 && names.every((name) => altered.get(name) === values[name])

  return {
    planned: {
      id,
      title,
      host: role,
      preview:
        names.length > 0
          ? [...Object.entries(values).map(([name, value]) => alterSystem(name, value)), reloadSettings].map(
              ({ preview }) => ({ kind: 'sql' as const, text: preview }),
            )
          : [{ kind: 'note', text: 'Every setting is as wanted already.' }],
      undo: 'undo',
      undoSentence: 'Sets each back to what it was.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 2,
    },
    async check(context) {
      if (names.length === 0) return { done: true, sentence: 'Every setting was as wanted already.' }
      return isSet(await readNow(context))
        ? { done: true, sentence: 'The settings are as wanted already.' }
        : { done: false }
    },
    async run({ databases }, io) {
      for (const [name, value] of Object.entries(values)) {
        await databases[role].query(alterSystem(name, value).text)
        io.output(`${name} = ${value}`)
      }
      await databases[role].query(reloadSettings.text)
    },
    async verify(context) {
      if (!isSet(await readNow(context)))
        throw stepFailed(
          'The settings were written, but PostgreSQL does not show them.',
          'Resume the operation.',
        )
      return `${names.map((name) => `${name} = ${values[name]}`).join(', ')}.`
    },
    async undo({ databases }) {
      for (const name of names) await databases[role].query(restoreSystem(name, before[name]).text)
      await databases[role].query(reloadSettings.text)
      return 'The settings are what they were; what needs a restart changes at the next one.'
    },
  }
}
