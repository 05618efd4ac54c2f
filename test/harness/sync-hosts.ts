import type { LabHost } from '@/lab/lab-host'
import type { CommandOutcome } from '@/lab/run-command'
import type { Command } from '@/lib/commands/command'
import { type FileToWrite, writeFileCommand } from '@/lib/commands/file'
import { directoriesFor, runnerFiles, type Sync, senderFiles } from '@/lib/commands/sync'
import { addAuthorization, authorizedLine, ensureKey, makeAccessDirectory } from '@/lib/commands/sync-access'
import { readDirectoryRuns } from '@/lib/commands/sync-facts'
import { markSources } from '@/lib/commands/sync-sources'
import type { DirectoryFacts } from '@/lib/domain/observation'
import { parseDirectoryRuns } from '@/lib/facts/directory-runs'
import { rootPlaces } from '@/test/harness/places'

/** Runs a command value on a lab host as root; any exit code is an outcome. */
export const tryOn = (host: LabHost, command: Command): Promise<CommandOutcome> =>
  host.tryExec(command.text, { input: command.stdin ?? '' })

/** As `tryOn`; throws unless the exit code is 0. */
export const runOn = (host: LabHost, command: Command): Promise<string> =>
  host.exec(command.text, { input: command.stdin ?? '' })

export async function writeOn(host: LabHost, files: readonly FileToWrite[]): Promise<void> {
  for (const directory of directoriesFor(files)) await host.exec(`install -d '${directory}'`)
  for (const file of files) await runOn(host, writeFileCommand(file, 'root'))
}

const schedule = '* * * * *'

/** The file sync between two lab hosts, as the create operation would set it up. */
export function syncBetween(
  primary: LabHost,
  standby: LabHost,
  { slug = 'ledger', ...more }: Partial<Sync> & { slug?: string } = {},
): Sync {
  return {
    places: { primary: rootPlaces(slug), standby: rootPlaces(slug) },
    primary: { address: primary.address, port: primary.port, user: 'root', hostKey: primary.hostKey },
    standbyAddress: standby.address,
    database: {
      owner: 'postgres',
      socketDirectory: '/var/run/postgresql',
      port: 5432,
      binDirectory: '/usr/lib/postgresql/15/bin',
    },
    logDirectory: '/var/log/ledger',
    directories: [
      { id: 'vault', title: 'Vault', path: '/srv/ledger/vault', log: 'rsync_vault.log', schedule },
      { id: 'etc', title: 'Settings', path: '/srv/ledger/etc', log: 'rsync_etc.log', schedule },
    ],
    packages: null,
    ...more,
  }
}

/** Key, authorisation, marks and runner; nothing is copied yet. */
export async function setUpSync(sync: Sync, primary: LabHost, standby: LabHost): Promise<void> {
  const publicKey = await runOn(standby, ensureKey(sync.places.standby))
  await writeOn(primary, senderFiles(sync))
  await runOn(primary, markSources(sync, 'test'))
  const { user } = sync.primary
  const at = sync.places.primary
  await runOn(primary, makeAccessDirectory(at, user))
  await runOn(primary, addAuthorization(at, user, authorizedLine(sync, publicKey)))
  await writeOn(standby, runnerFiles(sync))
}

/** Makes the host's PostgreSQL a standby (of nobody), or a writable primary. */
export async function setRole(host: LabHost, role: 'primary' | 'standby'): Promise<void> {
  if ((await host.sql('SELECT pg_is_in_recovery()')) === (role === 'standby' ? 't' : 'f')) return
  if (role === 'primary') {
    await host.sql('SELECT pg_promote()')
    return
  }
  await host.stopPostgres()
  await host.exec('touch /var/lib/postgresql/15/main/standby.signal', { user: 'postgres' })
  await host.startPostgres()
}

export async function readRuns(host: LabHost, sync: Sync): Promise<Readonly<Record<string, DirectoryFacts>>> {
  const ids = sync.directories.map(({ id }) => id)
  const facts = parseDirectoryRuns(
    await host
      .exec(`${readDirectoryRuns(sync.places.standby, ids).text}; echo end`)
      .then((text) => text.slice(0, -'end'.length)),
  )
  return Object.fromEntries(facts.map((directory) => [directory.id, directory]))
}
