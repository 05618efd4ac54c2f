import { alterSystem, reloadSettings, restoreSystem } from '@/lib/commands/postgres-settings'
import type { OwnerDatabase } from '@/lib/operations/context'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { stepFailed } from '@/lib/operations/step-failed'

/** Settings that ALTER SYSTEM changes on the primary, and whether one of them takes effect at a restart only. */
export function walSettingsOf({ facts, hosts, input }: CreateBasis): {
  readonly values: Readonly<Record<string, string>>
  readonly needsRestart: boolean
} {
  const server = answerOf(facts.primary.server)
  if (!server) return { values: {}, needsRestart: false }
  const needs = walNeeds(server, hosts.primary.address, input.settings)
  const atRestart = [...needs.restart, ...(input.agreeRestart ? needs.worthwhile : [])]
  const values = { ...needs.reload, ...Object.fromEntries(atRestart.map(({ name, value }) => [name, value])) }
  return { values, needsRestart: atRestart.length > 0 }
}

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

/** WAL that is kept for a standby that is away, and what replication needs at all. */
export function walSettings(basis: CreateBasis): Step<CreateContext> {
  const { hosts, facts } = basis
  const { values } = walSettingsOf(basis)
  const names = Object.keys(values)
  const before = answerOf(facts.primary.server)?.altered ?? {}

  const readNow = ({ databases }: CreateContext) => readAltered(databases.primary, names)
  const isSet = (altered: ReadonlyMap<string, string>) =>
    names.length > 0 && names.every((name) => altered.get(name) === values[name])

  return {
    planned: {
      id: 'wal-settings',
      title: `Set how much WAL ${hosts.primary.name} keeps`,
      host: 'primary',
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
        await databases.primary.query(alterSystem(name, value).text)
        io.output(`${name} = ${value}`)
      }
      await databases.primary.query(reloadSettings.text)
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
      for (const name of names) await databases.primary.query(restoreSystem(name, before[name]).text)
      await databases.primary.query(reloadSettings.text)
      return 'The settings are what they were; what needs a restart changes at the next one.'
    },
  }
}
