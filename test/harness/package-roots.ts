import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Command } from '@/lib/commands/command'
import type { CommandResult } from '@/lib/ports/host-door'

type Built = { readonly name: string; readonly version: string; readonly needs?: string }
type BuiltRpm = Built & { readonly obsoletes?: string }

/**
 * A root directory of its own for the real package managers of this machine: dpkg and apt with a repository of files, pip with a user base
 * and wheels, rpm with a database of its own. Nothing of the machine itself is changed.
 */
export class PackageRoot {
  readonly path = mkdtempSync(join(tmpdir(), 'understudy-packages-'))
  readonly #env: NodeJS.ProcessEnv

  constructor() {
    for (const place of [
      'var/lib/dpkg/updates',
      'var/lib/dpkg/info',
      'etc/apt',
      'repository',
      'wheels',
      'bin',
    ])
      mkdirSync(join(this.path, place), { recursive: true })
    for (const place of ['state/lists/partial', 'cache/archives/partial', 'log'])
      mkdirSync(join(this.path, 'var/apt', place), { recursive: true })
    this.put('var/lib/dpkg/status', '')
    this.put('var/lib/dpkg/available', '')
    this.put('repository/Packages', '')
    this.put('etc/apt/sources.list', `deb [trusted=yes] file:${this.path}/repository ./\n`)
    const at = (place: string) => join(this.path, place)
    const settings: Readonly<Record<string, string>> = {
      'APT::Architecture': 'amd64',
      'APT::Sandbox::User': 'root',
      'Dir::State': at('var/apt/state'),
      'Dir::State::status': at('var/lib/dpkg/status'),
      'Dir::Cache': at('var/apt/cache'),
      'Dir::Log': at('var/apt/log'),
      'Dir::Etc': at('etc/apt'),
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`)
    this.put('apt.conf', `${lines.join('')}#clear DPkg::Pre-Install-Pkgs;\n#clear DPkg::Post-Invoke;\n`)
    this.put('.rpmmacros', `%_dbpath ${at('rpmdb')}\n%_topdir ${at('rpmbuild')}\n`)
    this.#env = {
      PATH: `${at('bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
      LC_ALL: 'C',
      NODE_ENV: 'test',
      HOME: this.path,
      APT_CONFIG: at('apt.conf'),
      DPKG_ROOT: this.path,
      DPKG_ADMINDIR: at('var/lib/dpkg'),
      PYTHONUSERBASE: at('user'),
      PIP_BREAK_SYSTEM_PACKAGES: '1',
    }
  }

  put(place: string, content: string | Buffer, mode = 0o644): string {
    const path = join(this.path, place)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode })
    return path
  }

  run({ text, stdin }: Command): CommandResult {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', text], {
      cwd: this.path,
      env: { ...this.#env },
      input: stdin ?? '',
      encoding: 'utf8',
    })
    return { exitCode: status ?? 137, stdout, stderr, tookMs: 1 }
  }

  /** The machine's own program on this root, whatever its environment is then. */
  wrap(name: string, ...words: readonly string[]): void {
    const env = Object.entries(this.#env).map(([key, value]) => `'${key}=${value}'`)
    const given = words.map((word) => `'${word}'`)
    this.put(
      `bin/${name}`,
      `#!/bin/sh\nexec ${['env', ...env, `/usr/bin/${name}`, ...given].join(' ')} "$@"\n`,
      0o755,
    )
  }

  /** A dnf of this root's own, with a repository of files. */
  giveDnf(): void {
    const at = (place: string) => join(this.path, place)
    mkdirSync(at('rpms'), { recursive: true })
    const places = ['cachedir', 'system_cachedir', 'logdir', 'persistdir'].map(
      (name) => `${name}=${at(`dnf/${name}`)}\n`,
    )
    const none = ['reposdir', 'varsdir', 'pluginconfpath'].map((name) => `${name}=${at('none')}\n`)
    const repository = `[local]\nname=local\nbaseurl=file://${at('rpms')}\nmetadata_expire=0\n`
    this.put('dnf.conf', `[main]\ngpgcheck=0\n${places.join('')}${none.join('')}${repository}`)
    this.wrap('dnf', '-c', at('dnf.conf'), '--releasever=1')
  }

  /** Puts a built package into the repository of `giveDnf`. */
  offerRpm(built: BuiltRpm): void {
    cpSync(this.buildRpm(built), join(this.path, 'rpms', `${built.name}-${built.version}.rpm`))
    execFileSync('createrepo_c', ['-q', join(this.path, 'rpms')], { stdio: 'ignore' })
  }

  /** Runs it and throws with what it said unless it ends well. */
  do(command: Command): string {
    const { exitCode, stdout, stderr } = this.run(command)
    if (exitCode === 0) return stdout
    throw new Error(`exit code ${exitCode} of ${command.text}\n${stdout}${stderr}`)
  }

  /** A real package in the repository of this root. */
  offerDeb({ name, version, needs }: Built): string {
    const tree = join(this.path, `build-${name}-${version}`)
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true })
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: test <test@example.org>\nDescription: a test\n`
    writeFileSync(join(tree, 'DEBIAN/control'), `${control}${needs ? `Depends: ${needs}\n` : ''}`)
    mkdirSync(join(tree, 'opt', name), { recursive: true })
    writeFileSync(join(tree, 'opt', name, 'file'), version)
    const file = `${name}_${version}.deb`
    const path = join(this.path, 'repository', file)
    execFileSync('dpkg-deb', ['--root-owner-group', '-b', tree, path], { stdio: 'ignore' })
    const content = readFileSync(path)
    const hash = createHash('sha256').update(content).digest('hex')
    const entry = `${control}${needs ? `Depends: ${needs}\n` : ''}Filename: ./${file}\nSize: ${content.length}\nSHA256: ${hash}\n\n`
    const known = readFileSync(join(this.path, 'repository/Packages'), 'utf8')
    this.put('repository/Packages', known + entry)
    rmSync(tree, { recursive: true })
    return path
  }

  /** A real wheel (PEP 427) with one module, made by Python's own zipfile. */
  offerWheel({ name, version }: Built): void {
    const info = `${name}-${version}.dist-info`
    const files = {
      [`${name}.py`]: `version = '${version}'\n`,
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: `${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    }
    const program = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    for path, text in json.load(sys.stdin).items():
        wheel.writestr(path, text)
`
    execFileSync(
      '/usr/bin/python3',
      ['-c', program, join(this.path, 'wheels', `${name}-${version}-py3-none-any.whl`)],
      { input: JSON.stringify(files) },
    )
  }

  /** A real package of rpm; its path. */
  buildRpm({ name, version, needs, obsoletes }: BuiltRpm): string {
    const spec = this.put(
      `${name}.spec`,
      `Name: ${name}\nVersion: ${version}\nRelease: 1\nSummary: a test\nLicense: none\nBuildArch: noarch\n${needs ? `Requires: ${needs}\n` : ''}${obsoletes ? `Obsoletes: ${obsoletes}\n` : ''}%description\na test\n%files\n`,
    )
    execFileSync('rpmbuild', ['-bb', '--quiet', spec], { env: { ...this.#env }, stdio: 'ignore' })
    return join(this.path, `rpmbuild/RPMS/noarch/${name}-${version}-1.noarch.rpm`)
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
