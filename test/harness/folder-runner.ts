import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { runnerFiles, type Sync } from '@/lib/commands/sync'
import { pairPlaces } from '@/lib/domain/host-places'
import { runsDirectory } from '@/lib/domain/sync-names'

/**
 * The programs that copy, as a plan installs them below a user's home, for a real shell; rsync and psql are scripts that say what they were
 * given and end as they are told. Real copies by the real rsync are proved in the lab.
 */
export class FolderRunner {
  readonly home = mkdtempSync(join(tmpdir(), 'understudy-runner-'))
  readonly user = userInfo().username
  readonly target = this.in('srv/vault')
  readonly sync: Sync
  readonly runs: string

  constructor(ids: readonly string[] = []) {
    const places = pairPlaces({ privilege: 'unprivileged', user: this.user, home: this.home }, 'ledger')
    const directory = { title: 'Any', schedule: '* * * * *' }
    const [vault, nested] = [this.target, join(this.target, 'a [b]')]
    this.sync = {
      places: { primary: places, standby: places },
      primary: { address: '10.0.0.1', port: 2222, user: 'phantom', hostKey: 'ssh-ed25519 AAAA' },
      standbyAddress: '10.0.0.2',
      database: { owner: this.user, socketDirectory: '/run', port: 5432, binDirectory: this.in('bin') },
      logDirectory: this.in('log'),
      directories: [
        { ...directory, id: 'vault', path: vault, log: 'rsync_vault.log' },
        { ...directory, id: 'nested', path: nested, log: 'n.log' },
        ...ids.map((id) => ({ ...directory, id, path: this.in('srv', id), log: `${id}.log` })),
      ],
      packages: null,
    }
    this.runs = runsDirectory(places)
    this.install(this.sync)
    this.put(join(this.target, '.understudy-source'), 'mark')
    for (const id of ids) this.put(this.in('srv', id, '.understudy-source'), 'mark')
    this.rsyncEnds(0)
    this.roleIs('t')
  }

  in(...parts: readonly string[]): string {
    return join(this.home, ...parts)
  }

  put(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode })
  }

  /** The programs of the plan, with the stand-ins before the system's programs. */
  install(sync: Sync): void {
    for (const { path, content, mode } of runnerFiles(sync))
      this.put(
        path,
        content.replace('PATH=/usr/local/sbin', `PATH=${this.in('bin')}:/usr/local/sbin`),
        Number.parseInt(mode, 8),
      )
  }

  /** What the stand-in for rsync prints, says on standard error and ends with. */
  rsyncEnds(code: number, out = '', err = ''): void {
    this.put(this.in('out'), out)
    this.put(this.in('err'), err)
    this.rsyncIs(
      `printf '%s\\n' "$@" >'${this.in('given')}'\ncat '${this.in('out')}'; cat '${this.in('err')}' >&2; exit ${code}`,
    )
  }

  rsyncIs(script: string): void {
    this.put(this.in('bin/rsync'), `#!/bin/sh\n${script}\n`, 0o755)
  }

  roleIs(answer: string): void {
    this.put(this.in('bin/psql'), `#!/bin/sh\necho '${answer}'\n`, 0o755)
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}
