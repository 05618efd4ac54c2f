import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sh } from '@/lib/commands/command'
import type { Pip } from '@/lib/commands/packages'
import { runnerFiles, type Sync, senderFiles } from '@/lib/commands/sync'
import { keepPackagesNow } from '@/lib/commands/sync-runs'
import { type PairPlaces, pairPlaces } from '@/lib/domain/host-places'
import type { Package, PackageKind } from '@/lib/domain/packages'
import { packageRunsDirectory, packagesProgram, sendProgram } from '@/lib/domain/sync-names'
import type { CommandResult } from '@/lib/ports/host-door'
import { PackageRoot } from '@/test/harness/package-roots'

/**
 * Two roots with package managers of their own and the programs that keep a pair's packages, as a plan installs them below a user's home:
 * `beta` is the standby and asks `alpha` by a stand-in for ssh, which runs the forced command. `isRpm`: hosts that have no dpkg.
 */
export class PackagePair {
  readonly alpha = new PackageRoot()
  readonly beta = new PackageRoot()
  readonly sync: Sync

  constructor({
    kinds,
    installs = true,
  }: { readonly kinds: readonly PackageKind[]; readonly installs?: boolean }) {
    const placesOf = ({ path }: PackageRoot): PairPlaces =>
      pairPlaces({ privilege: 'unprivileged', user: 'operator', home: path }, 'ledger')
    const places = { primary: placesOf(this.alpha), standby: placesOf(this.beta) }
    this.sync = {
      places,
      primary: { address: '10.0.0.1', port: 22, user: 'operator', hostKey: 'ssh-ed25519 AAAA' },
      standbyAddress: '10.0.0.2',
      database: {
        owner: 'operator',
        socketDirectory: '/run',
        port: 5432,
        binDirectory: join(this.beta.path, 'bin'),
      },
      logDirectory: join(this.beta.path, 'log'),
      directories: [],
      packages: {
        schedule: '0 3 * * *',
        installs,
        system: kinds.some((kind) => kind !== 'pip'),
        pip: kinds.includes('pip') ? this.pip : null,
      },
    }
    const isRpm = kinds.includes('rpm')
    for (const root of [this.alpha, this.beta]) {
      root.wrap('rpm')
      if (isRpm) withoutDpkg(root)
      else root.wrap('dpkg-query')
      root.put('bin/python-of-the-application', pythonOf(root), 0o755)
    }
    if (isRpm) this.beta.giveDnf()
    // Whoever runs the tests may do here what root may on a host.
    this.beta.put('bin/id', '#!/bin/sh\necho 0\n', 0o755)
    this.beta.put('bin/setpriv', '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n', 0o755)
    this.roleIs('t')
    this.connect()
    this.#install(isRpm)
  }

  /** pip of each root's own interpreter: its wheels are those of the standby. */
  get pip(): Pip {
    return {
      command: 'python-of-the-application -m pip',
      user: true,
      wheelDirectory: join(this.beta.path, 'wheels'),
    }
  }

  #install(isRpm: boolean): void {
    const files = [
      ...runnerFiles(this.sync).map((file) => ({ ...file, root: this.beta })),
      ...senderFiles(this.sync).map((file) => ({ ...file, root: this.alpha })),
    ]
    for (const { root, path, content, mode } of files) {
      const own = `PATH=${join(root.path, 'bin')}:${isRpm ? join(root.path, 'farm') : '/usr/local/sbin'}`
      const told = isRpm
        ? content.replace(/PATH=\/usr\/local\/sbin\S*/, own)
        : content.replace('PATH=/usr/local/sbin', own)
      root.put(path.slice(root.path.length + 1), told, Number.parseInt(mode, 8))
    }
  }

  /** What the standby's PostgreSQL says of being in recovery. */
  roleIs(answer: string): void {
    this.beta.put('bin/psql', `#!/bin/sh\necho '${answer}'\n`, 0o755)
  }

  /** What the standby's key is answered: by the primary's forced command, whatever was asked for; or by this script. */
  connect(script?: string): void {
    const forced = `while [ "$1" != -- ]; do shift; done
shift 2
SSH_ORIGINAL_COMMAND="$*" exec '${sendProgram(this.sync.places.primary)}' ledger`
    this.beta.put('bin/ssh', `#!/bin/sh\n${script ?? forced}\n`, 0o755)
  }

  /** What the primary says to a question. */
  ask(question: string): CommandResult {
    return this.alpha.run(
      sh`SSH_ORIGINAL_COMMAND=${question} ${sendProgram(this.sync.places.primary)} ledger`,
    )
  }

  /** A run of the schedule. */
  run(): CommandResult {
    return this.beta.run(sh`${packagesProgram(this.sync.places.standby)} ledger`)
  }

  /** A run that somebody waits for. */
  runNow(targets: readonly (Package & { readonly kind: PackageKind })[]): CommandResult {
    return this.beta.run(keepPackagesNow(this.sync.places.standby, targets))
  }

  record(which: 'last' | 'good' = 'last'): string {
    return readFileSync(join(packageRunsDirectory(this.sync.places.standby), `run.${which}`), 'utf8')
  }

  log(name: string): string {
    return readFileSync(join(this.sync.logDirectory, name), 'utf8')
  }

  dispose(): void {
    this.alpha.dispose()
    this.beta.dispose()
  }
}

const pythonOf = ({ path }: PackageRoot): string =>
  `#!/bin/sh\nexec env PYTHONUSERBASE='${path}/user' PIP_BREAK_SYSTEM_PACKAGES=1 HOME='${path}' /usr/bin/python3 "$@"\n`

/** All of the machine's programs but dpkg's own: a host of another family has none. */
function withoutDpkg(root: PackageRoot): void {
  root.put('farm/.here', '')
  for (const folder of ['/usr/sbin', '/usr/bin'])
    for (const name of readdirSync(folder))
      if (!/^(dpkg|apt)/.test(name) && !readdirSync(join(root.path, 'farm')).includes(name))
        symlinkSync(join(folder, name), join(root.path, 'farm', name))
}
