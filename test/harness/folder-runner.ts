import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { runnerFiles, type Sync } from '@/lib/commands/sync'
import { pairPlaces } from '@/lib/domain/host-places'
import { runRecordsPath, runsDirectory, syncProgram } from '@/lib/domain/sync-names'
import { parseRunRecord } from '@/lib/facts/directory-runs'

const syncIn = (home: string, user: string, more: readonly string[]): Sync => {
  const places = pairPlaces({ privilege: 'unprivileged', user, home }, 'ledger')
  const target = join(home, 'srv/vault')
  return {
    places: { primary: places, standby: places },
    primary: { address: '10.0.0.1', port: 2222, user: 'phantom', hostKey: 'ssh-ed25519 AAAA' },
    standbyAddress: '10.0.0.2',
    database: { owner: user, socketDirectory: '/run', port: 5432, binDirectory: join(home, 'bin') },
    logDirectory: join(home, 'log'),
    directories: [
      { id: 'vault', title: 'Vault', path: target, log: 'rsync_vault.log', schedule: '* * * * *' },
      { id: 'nested', title: 'Nested', path: join(target, 'a [b]'), log: 'n.log', schedule: '* * * * *' },
      ...more.map((id) => ({
        ...{ id, title: id, path: join(home, 'srv', id) },
        log: `${id}.log`,
        schedule: '* * * * *',
      })),
    ],
  }
}

/**
 * The program that copies, as the plan installs it below a user's home, in a real shell; rsync and psql are scripts that say what they
 * were given and end as they are told. Real copies by the real rsync are proved in the lab.
 */
export class FolderRunner {
  readonly home = mkdtempSync(join(tmpdir(), 'understudy-runner-'))
  readonly user = userInfo().username
  readonly sync: Sync
  /** Where its runs are recorded. */
  readonly runs: string

  /** `more`: ids of directories beside the two that there always are. */
  constructor(more: readonly string[] = []) {
    this.sync = syncIn(this.home, this.user, more)
    this.runs = runsDirectory(this.sync.places.standby)
    this.install(this.sync)
    for (const id of more) this.put(this.inHome('srv', id, '.understudy-source'), 'mark')
    this.put(join(this.target, '.understudy-source'), 'mark')
    this.rsyncEnds(0)
    this.roleIs('t')
  }

  readonly inHome = (...parts: readonly string[]): string => join(this.home, ...parts)
  /** The directory that is copied. */
  readonly target = this.inHome('srv/vault')
  readonly put = (path: string, content: string, mode = 0o644): void => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode })
  }

  /** The files of the plan, with the stand-ins before the system's programs. */
  readonly install = (sync: Sync): void => {
    for (const { path, content, mode } of runnerFiles(sync))
      this.put(
        path,
        content.replace('PATH=/usr/local/sbin', `PATH=${this.inHome('bin')}:/usr/local/sbin`),
        Number.parseInt(mode, 8),
      )
  }

  /** A program that the runner finds before the system's. */
  readonly standIn = (name: string, text: string): void =>
    this.put(this.inHome('bin', name), `#!/bin/sh\n${text}\n`, 0o755)

  /** What the stand-in for rsync prints, says on standard error and ends with. */
  readonly rsyncEnds = (code: number, out = '', err = ''): void => {
    this.put(this.inHome('out'), out)
    this.put(this.inHome('err'), err)
    this.standIn(
      'rsync',
      `printf '%s\\n' "$@" >'${this.inHome('given')}'\ncat '${this.inHome('out')}'; cat '${this.inHome('err')}' >&2; exit ${code}`,
    )
  }

  readonly roleIs = (answer: string): void => this.standIn('psql', `echo '${answer}'`)

  get program(): string {
    return syncProgram(this.sync.places.standby)
  }

  readonly run = (...more: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(this.program, ['ledger', 'vault', ...more], { encoding: 'utf8' })

  readonly records = () =>
    readFileSync(runRecordsPath(this.sync.places.standby, 'vault'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(parseRunRecord)

  readonly last = () => parseRunRecord(readFileSync(join(this.runs, 'vault.last'), 'utf8').trim())
  readonly log = () => readFileSync(this.inHome('log/rsync_vault.log'), 'utf8')
  readonly given = () => readFileSync(this.inHome('given'), 'utf8').trimEnd().split('\n')
  readonly wasCopied = () => existsSync(this.inHome('given'))
  readonly dispose = () => rmSync(this.home, { recursive: true, force: true })
}
