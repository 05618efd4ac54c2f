import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { sh } from '@/lib/commands/command'
import { installPackages, listPackages } from '@/lib/commands/packages'
import { comparePackages, type PackageKind, packageListText } from '@/lib/domain/packages'
import { parsePackageRun } from '@/lib/facts/package-runs'
import { parsePackages } from '@/lib/facts/packages'
import { PackagePair } from '@/test/harness/package-pair'
import type { PackageRoot } from '@/test/harness/package-roots'

/** The program that keeps packages and its answering side, in a real shell, on the real dpkg, apt, pip, rpm and dnf of this machine. */
let pair: PackagePair | undefined
afterEach(() => pair?.dispose())

function make(given: { readonly kinds: readonly PackageKind[]; readonly installs?: boolean }): PackagePair {
  pair = new PackagePair(given)
  return pair
}

const lastOf = (made: PackagePair) => parsePackageRun(made.record())
const have = (made: PackagePair, root: PackageRoot, kind: PackageKind) =>
  parsePackages(
    kind,
    root.do(listPackages(kind, made.sync.places.standby, { ...made.pip, command: pipOn(root) })),
  )
const pipOn = (root: PackageRoot) => `${root.path}/bin/python-of-the-application -m pip`
const namesOn = (made: PackagePair, root: PackageRoot, kind: PackageKind) =>
  have(made, root, kind).map(({ name, version }) => `${name} ${version}`)

/** Hosts with packages of dpkg: `common` on both, `ledger-tools` and what it needs on the primary alone. */
function debPair(installs = true): PackagePair {
  const made = make({ kinds: ['deb'], installs })
  for (const root of [made.alpha, made.beta]) {
    root.offerDeb({ name: 'ledger-lib', version: '2.0' })
    root.offerDeb({ name: 'ledger-tools', version: '1.4', needs: 'ledger-lib' })
    root.do(sh`dpkg -i ${root.offerDeb({ name: 'common', version: root === made.alpha ? '2' : '1' })}`)
    root.do(sh`apt-get -qq update`)
  }
  made.alpha.do(
    sh`dpkg -i ${[`${made.alpha.path}/repository/ledger-lib_2.0.deb`, `${made.alpha.path}/repository/ledger-tools_1.4.deb`]}`,
  )
  return made
}

/** The same without what costs time: nothing can be installed. */
function barePair(): PackagePair {
  const made = make({ kinds: ['deb'] })
  for (const root of [made.alpha, made.beta]) root.put('var/lib/dpkg/status', statusOf('common', '1'))
  return made
}
const statusOf = (name: string, version: string) =>
  `Package: ${name}\nStatus: install ok installed\nMaintainer: test <test@example.org>\nArchitecture: all\nVersion: ${version}\nDescription: a test\n\n`

describe('with packages of dpkg', () => {
  test('the primary’s list is kept as its operations write it, and what is missing is installed from the standby’s own sources', () => {
    const made = debPair()
    expect(made.run()).toMatchObject({ exitCode: 0, stdout: '' })
    expect(made.log('deb_packages_primary.txt')).toBe(packageListText('deb', have(made, made.alpha, 'deb')))
    expect(namesOn(made, made.beta, 'deb').toSorted()).toEqual([
      'common 1',
      'ledger-lib 2.0',
      'ledger-tools 1.4',
    ])
    expect(lastOf(made)).toMatchObject({
      result: 'ok',
      listed: 3,
      missing: 0,
      other: 1,
      installed: 2,
      failures: 0,
    })
    expect(made.record('good')).toBe(made.record())
    expect(made.log('rsync_deb_req.log')).toMatch(
      /deb: 3 on the primary, 2 missing here, 1 in another version\n/,
    )
    expect(made.log('rsync_deb_req.log')).toContain('deb: installed ledger-tools 1.4\n')
  })

  test('nothing is installed where the pair only keeps the lists, and that is no failure', () => {
    const made = debPair(false)
    expect(made.run().exitCode).toBe(0)
    expect(namesOn(made, made.beta, 'deb')).toEqual(['common 1'])
    expect(lastOf(made)).toMatchObject({ result: 'ok', missing: 2, installed: 0 })
  })

  test('a list follows the primary: what is gone there is gone from the list, and stays installed here', () => {
    const made = debPair()
    made.run()
    made.alpha.do(sh`dpkg --purge ledger-tools`)
    made.run()
    expect(made.log('deb_packages_primary.txt')).toBe('common=2\nledger-lib=2.0\n')
    expect(namesOn(made, made.beta, 'deb')).toContain('ledger-tools 1.4')
  })

  test('what would change or remove what is here is not installed, and all else is', () => {
    const made = debPair()
    const { alpha, beta } = made
    beta.do(sh`dpkg -i ${beta.offerDeb({ name: 'ledger-old', version: '1' })}`)
    for (const root of [alpha, beta]) {
      root.offerDeb({ name: 'ledger-old', version: '2' })
      root.offerDeb({ name: 'ledger-more', version: '1', needs: 'ledger-old (>= 2)' })
    }
    alpha.do(
      sh`dpkg -i ${[`${alpha.path}/repository/ledger-old_2.deb`, `${alpha.path}/repository/ledger-more_1.deb`]}`,
    )
    made.run()
    expect(namesOn(made, beta, 'deb').toSorted()).toEqual([
      'common 1',
      'ledger-lib 2.0',
      'ledger-old 1',
      'ledger-tools 1.4',
    ])
    expect(lastOf(made)).toMatchObject({ result: 'failed-install', missing: 1, installed: 2, failures: 1 })
    expect(lastOf(made).reason).toBe('these could not be installed: ledger-more')
    expect(made.log('rsync_deb_req.log')).toMatch(
      /ledger-more=1: it would change what is here: Inst ledger-old \[1\]/,
    )
    // The lists are as good as ever.
    expect(made.record('good')).toBe(made.record())
  })

  test('what a source has got since it was asked last is found; what none offers stays missing, and is named', () => {
    const made = debPair()
    const { alpha, beta } = made
    alpha.do(sh`dpkg -i ${alpha.offerDeb({ name: 'private', version: '1' })}`)
    alpha.do(sh`dpkg -i ${alpha.offerDeb({ name: 'fresh', version: '3' })}`)
    beta.offerDeb({ name: 'fresh', version: '3' })
    made.run()
    expect(namesOn(made, beta, 'deb')).toContain('fresh 3')
    expect(lastOf(made).reason).toBe('these could not be installed: private')
  })

  test('a run that somebody waits for installs what was asked for alone, says what it does, and never what the primary has not', () => {
    const made = debPair(false)
    made.beta.offerDeb({ name: 'stranger', version: '1' })
    made.beta.do(sh`apt-get -qq update`)
    const asked = made.runNow([
      { kind: 'deb', name: 'ledger-lib', version: '2.0' },
      { kind: 'deb', name: 'stranger', version: '1' },
    ])
    expect(asked.exitCode).toBe(0)
    expect(asked.stdout).toContain('deb: installed ledger-lib 2.0')
    expect(namesOn(made, made.beta, 'deb').toSorted()).toEqual(['common 1', 'ledger-lib 2.0'])
    expect(lastOf(made)).toMatchObject({ result: 'ok', missing: 1, installed: 1 })
  })

  test('it gives what nobody asked for no other way in: words that are no packages are refused before anything is done', () => {
    const made = barePair()
    for (const name of ['-oDebug=1', 'a;id', '../x', 'a b'])
      expect(made.runNow([{ kind: 'deb', name, version: '1' }]).exitCode, name).toBe(2)
    expect(
      existsSync(made.sync.logDirectory) &&
        existsSync(join(made.sync.logDirectory, 'deb_packages_primary.txt')),
    ).toBe(false)
  })

  test('the schedule and the operations give apt the same options', () => {
    const made = barePair()
    const program = readFileSync('host/understudy-packages', 'utf8')
    const { text } = installPackages('deb', made.sync.places.standby, null, [{ name: 'a', version: '1' }])
    const options = /apt-get (.*) install/.exec(text)?.[1] ?? 'none'
    const said = [...program.matchAll(/^apt_options=['"](?:\$apt_options )?(.*)['"]$/gm)].map(
      ([, words]) => words,
    )
    expect(said.join(' ')).toBe(options)
  })
})

describe('with packages of pip', () => {
  test('what is missing comes from the profile’s wheels, one after another, and other versions stay', () => {
    const made = make({ kinds: ['pip'] })
    const { alpha, beta } = made
    const wheel = (root: PackageRoot, name: string, version: string) => root.offerWheel({ name, version })
    wheel(alpha, 'Ledger_Tools', '1.4')
    wheel(alpha, 'ledger_common', '2')
    wheel(alpha, 'private', '1')
    wheel(beta, 'Ledger_Tools', '1.4')
    wheel(beta, 'ledger_common', '1')
    const pip = (root: PackageRoot) => ({
      ...made.pip,
      command: pipOn(root),
      wheelDirectory: `${root.path}/wheels`,
    })
    const give = (root: PackageRoot, name: string, version: string) =>
      root.do(installPackages('pip', made.sync.places.standby, pip(root), [{ name, version }]))
    for (const [name, version] of [
      ['ledger-tools', '1.4'],
      ['ledger-common', '2'],
      ['private', '1'],
    ] as const)
      give(alpha, name, version)
    give(beta, 'ledger-common', '1')
    made.run()
    expect(namesOn(made, beta, 'pip')).toEqual(
      expect.arrayContaining(['ledger-tools 1.4', 'ledger-common 1']),
    )
    expect(lastOf(made)).toMatchObject({ result: 'failed-install', missing: 1, other: 1, installed: 1 })
    expect(lastOf(made).reason).toBe('these could not be installed: private')
    expect(made.log('pip_packages_primary.txt')).toBe(packageListText('pip', have(made, alpha, 'pip')))
    expect(made.log('rsync_pip_req.log')).toMatch(/private==1: .*No matching distribution/)
  })

  test('an interpreter that fails on the primary leaves the list that there is', () => {
    const made = make({ kinds: ['pip'] })
    made.run()
    const list = made.log('pip_packages_primary.txt')
    made.alpha.put('bin/python-of-the-application', '#!/bin/sh\necho gone >&2\nexit 1\n', 0o755)
    expect(made.run().exitCode).toBe(1)
    expect(lastOf(made)).toMatchObject({ result: 'failed-list', failures: 1 })
    expect(lastOf(made).reason).toBe('the primary listed no packages of pip: gone')
    expect(made.log('pip_packages_primary.txt')).toBe(list)
  })
})

test('a tool that the primary has not got is no failure: there is nothing to keep', () => {
  const made = make({ kinds: ['pip'] })
  made.alpha.put('bin/python-of-the-application', '#!/bin/sh\nexit 127\n', 0o755)
  expect(made.run().exitCode).toBe(0)
  expect(lastOf(made)).toMatchObject({ result: 'ok', listed: 0, failures: 0 })
  expect(existsSync(join(made.sync.logDirectory, 'pip_packages_primary.txt'))).toBe(false)
})

describe('with packages of rpm', () => {
  function rpmPair(): PackagePair {
    const made = make({ kinds: ['rpm'] })
    const { alpha, beta } = made
    for (const built of [
      { name: 'ledger-lib', version: '2' },
      { name: 'ledger-tools', version: '1.4', needs: 'ledger-lib' },
    ]) {
      alpha.do(sh`rpm -i ${alpha.buildRpm(built)}`)
      beta.offerRpm(built)
    }
    return made
  }

  test('the primary’s list is kept, and what is missing is installed by dnf', () => {
    const made = rpmPair()
    expect(made.run().exitCode).toBe(0)
    expect(comparePackages(have(made, made.alpha, 'rpm'), have(made, made.beta, 'rpm'))).toEqual({
      missing: [],
      other: [],
    })
    expect(made.log('rpm_packages_primary.txt')).toBe(
      'ledger-lib-0:2-1.noarch\nledger-tools-0:1.4-1.noarch\n',
    )
    expect(lastOf(made)).toMatchObject({ result: 'ok', listed: 2, installed: 2, missing: 0 })
  })

  test('what would take the place of something else, or needs another version of it, is not installed, and all else is', () => {
    const made = rpmPair()
    const { alpha, beta } = made
    for (const kept of [
      { name: 'ledger-old', version: '1' },
      { name: 'ledger-base', version: '1' },
    ])
      beta.do(sh`rpm -i ${beta.buildRpm(kept)}`)
    beta.offerRpm({ name: 'ledger-base', version: '2' })
    for (const built of [
      { name: 'ledger-new', version: '1', obsoletes: 'ledger-old' },
      { name: 'ledger-more', version: '1', needs: 'ledger-base >= 2' },
    ]) {
      alpha.do(sh`rpm -i --nodeps ${alpha.buildRpm(built)}`)
      beta.offerRpm(built)
    }
    alpha.do(sh`rpm -i ${alpha.buildRpm({ name: 'private', version: '1' })}`)
    made.run()
    expect(namesOn(made, beta, 'rpm').toSorted()).toEqual([
      'ledger-base.noarch 0:1-1',
      'ledger-lib.noarch 0:2-1',
      'ledger-old.noarch 0:1-1',
      'ledger-tools.noarch 0:1.4-1',
    ])
    expect(lastOf(made)).toMatchObject({ result: 'failed-install', missing: 3, installed: 2 })
    expect(made.log('rsync_rpm_req.log')).toMatch(
      /ledger-new-0:1-1\.noarch: it would change what is here: .*replacing +ledger-old/,
    )
  })
})

describe('what the primary answers', () => {
  test('is which packages it has, and its end', () => {
    const made = barePair()
    const { exitCode, stdout } = made.ask('packages')
    expect(exitCode).toBe(0)
    expect(stdout).toBe('deb\tcommon\t1\nend\t1\n')
  })

  test.each([
    'packages x',
    'packages; id',
    ' packages',
    'packages --list',
    'understudy-packages ledger',
    '--list',
  ])('is nothing to “%s”', (question) => {
    const made = barePair()
    expect(made.ask(question)).toMatchObject({ exitCode: 1, stdout: '' })
  })

  test('is nothing where the pair keeps no packages', () => {
    const made = barePair()
    const { alpha } = made
    alpha.do(sh`rm ${`${alpha.path}/.understudy/etc/ledger/send-packages.conf`}`)
    expect(made.ask('packages')).toMatchObject({ exitCode: 1, stdout: '' })
    made.run()
    expect(lastOf(made)).toMatchObject({
      result: 'failed-connection',
      exitCode: 1,
      reason: 'not-listed: ledger keeps no packages',
    })
  })
})

describe('nothing is written or installed', () => {
  const untouched = (made: PackagePair) => {
    expect(existsSync(join(made.sync.logDirectory, 'deb_packages_primary.txt'))).toBe(false)
    expect(namesOn(made, made.beta, 'deb')).toEqual(['common 1'])
  }

  test.each([
    ['f', 'PostgreSQL of this host is a writable primary'],
    ['', 'PostgreSQL of this host does not say that it is a standby'],
  ])('on a host whose PostgreSQL says “%s” of being a standby', (answer, reason) => {
    const made = barePair()
    made.roleIs(answer)
    expect(made.run().exitCode).toBe(0)
    expect(lastOf(made)).toMatchObject({ result: 'skipped-role', reason })
    untouched(made)
  })

  test('where the primary can’t be reached, with ssh’s own word', () => {
    const made = barePair()
    made.connect("echo 'ssh: connect to host 10.0.0.1 port 22: Connection refused' >&2; exit 255")
    expect(made.run().exitCode).toBe(1)
    expect(lastOf(made)).toMatchObject({ result: 'failed-connection', exitCode: 255 })
    expect(lastOf(made).reason).toContain('Connection refused')
    untouched(made)
  })

  test.each([
    ['has not come whole', 'deb\tcommon\t2\n'],
    ['is short of a line', 'deb\tcommon\t2\nend\t2\n'],
    ['has something behind its end', 'deb\tcommon\t2\nend\t1\ndeb\tx\t1\n'],
    ['has a name that is an option', 'deb\t--purge\t2\nend\t1\n'],
    ['has a version that is a command', 'deb\tcommon\t$(id)\nend\t1\n'],
    ['has another kind', 'gem\tcommon\t1\nend\t1\n'],
    ['is nothing', ''],
  ])('from an answer that %s', (_, answer) => {
    const made = barePair()
    writeFileSync(join(made.beta.path, 'answer'), answer)
    made.connect(`cat '${made.beta.path}/answer'`)
    expect(made.run().exitCode).toBe(1)
    expect(lastOf(made)).toMatchObject({ result: 'failed-answer' })
    untouched(made)
  })

  test('where the run before it has not ended', () => {
    const made = barePair()
    made.run()
    const { path } = made.beta
    const program = `${path}/.understudy/lib/understudy-packages`
    made.beta.do(sh`cd ${`${path}/.understudy/state/ledger/packages`}; flock run.lock ${program} ledger`)
    expect(lastOf(made)).toMatchObject({ result: 'skipped-overlap', failures: 0 })
  })
})

test('a link in the place of a list or a log is not followed', () => {
  const made = barePair()
  const { path } = made.beta
  made.beta.put('log/here', '')
  for (const name of ['deb_packages_primary.txt', 'rsync_deb_req.log'])
    symlinkSync(`${path}/target-of-${name}`, `${path}/log/${name}`)
  made.run()
  expect(existsSync(`${path}/target-of-deb_packages_primary.txt`)).toBe(false)
  expect(existsSync(`${path}/target-of-rsync_deb_req.log`)).toBe(false)
  expect(made.log('deb_packages_primary.txt')).toBe('common=1\n')
})
