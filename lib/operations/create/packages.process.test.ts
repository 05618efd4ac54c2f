import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sh } from '@/lib/commands/command'
import { installPackages, listPackages, type Pip, removePackages, simulateRpm } from '@/lib/commands/packages'
import { hostPlaces } from '@/lib/domain/host-places'
import { comparePackages } from '@/lib/domain/packages'
import { parsePackages, parseRpmSimulation } from '@/lib/facts/packages'
import type { ComparedPackages } from '@/lib/operations/create/package-facts'
import { readPackageFacts } from '@/lib/operations/create/read-package-facts'
import { hostOf } from '@/test/harness/operation-facts'
import { PackageRoot } from '@/test/harness/package-roots'
import { ScriptedDoor } from '@/test/harness/scripted-door'

/** The real dpkg, apt, pip and rpm of this machine, each on two roots of their own; no network. */
let alpha: PackageRoot
let beta: PackageRoot
beforeEach(() => {
  alpha = new PackageRoot()
  beta = new PackageRoot()
})
afterEach(() => {
  alpha.dispose()
  beta.dispose()
})

const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const at = hostPlaces(hosts.standby)
function doorTo(root: PackageRoot): ScriptedDoor {
  const door = new ScriptedDoor()
  door.onRun = (command) => root.run(command)
  return door
}
const compare = (packages: { system: boolean; pip: Pip | null }) =>
  readPackageFacts({ doors: { primary: doorTo(alpha), standby: doorTo(beta) }, hosts, profile: { packages } })
async function compared(packages: { system: boolean; pip: Pip | null }): Promise<ComparedPackages> {
  const [facts] = await compare(packages)
  if (!facts?.found.isCompared) throw new Error(JSON.stringify(facts))
  return facts.found
}

describe('packages of dpkg', () => {
  const system = { system: true, pip: null }
  const namesOn = (root: PackageRoot) =>
    parsePackages('deb', root.do(listPackages('deb', at, null))).map(
      ({ name, version }) => `${name} ${version}`,
    )
  const dpkg = (root: PackageRoot, path: string) => root.do(sh`dpkg -i ${path}`)

  beforeEach(() => {
    for (const root of [alpha, beta]) {
      root.offerDeb({ name: 'ledger-lib', version: '2.0' })
      root.offerDeb({ name: 'ledger-tools', version: '1.4', needs: 'ledger-lib' })
      root.do(sh`apt-get -qq update`)
    }
    dpkg(alpha, alpha.offerDeb({ name: 'ledger-lib', version: '2.0' }))
    dpkg(alpha, alpha.offerDeb({ name: 'ledger-tools', version: '1.4', needs: 'ledger-lib' }))
    for (const root of [alpha, beta]) dpkg(root, root.offerDeb({ name: 'common', version: '1' }))
  })

  test('what the standby lacks is installed from its own sources, and undone nothing of it is left', async () => {
    const before = beta.do(listPackages('deb', at, null))
    const { targets, missing, changes } = await compared(system)
    expect(missing).toEqual([
      { name: 'ledger-lib', version: '2.0' },
      { name: 'ledger-tools', version: '1.4' },
    ])
    expect(changes).toEqual([])
    beta.do(installPackages('deb', at, null, targets))
    expect(namesOn(beta).toSorted()).toEqual(['common 1', 'ledger-lib 2.0', 'ledger-tools 1.4'])
    beta.do(removePackages('deb', at, null, ['ledger-tools', 'ledger-lib']))
    expect(beta.do(listPackages('deb', at, null))).toBe(before)
  })

  test('what comes along because it is needed is known before', async () => {
    alpha.do(sh`dpkg --force-depends --purge ledger-lib`)
    const { missing, alongside } = await compared(system)
    expect(missing.map(({ name }) => name)).toEqual(['ledger-tools'])
    expect(alongside).toEqual([{ name: 'ledger-lib', version: '2.0' }])
  })

  test('what would change another package of the standby is known before, and nothing is installed', async () => {
    dpkg(beta, beta.offerDeb({ name: 'ledger-lib', version: '1.0' }))
    const path = alpha.offerDeb({ name: 'ledger-more', version: '1', needs: 'ledger-lib (>= 2)' })
    beta.offerDeb({ name: 'ledger-more', version: '1', needs: 'ledger-lib (>= 2)' })
    beta.do(sh`apt-get -qq update`)
    dpkg(alpha, path)
    const { changes, other } = await compared(system)
    expect(changes).toEqual(['ledger-lib 1.0 would become 2.0'])
    expect(other).toEqual([{ name: 'ledger-lib', primary: '2.0', standby: '1.0' }])
  })

  test('where no source offers it, or only in another version, that is known before', async () => {
    dpkg(alpha, alpha.offerDeb({ name: 'private', version: '1' }))
    dpkg(alpha, alpha.offerDeb({ name: 'newer', version: '2' }))
    beta.offerDeb({ name: 'newer', version: '1' })
    beta.do(sh`apt-get -qq update`)
    const { targets, unavailable } = await compared(system)
    expect(unavailable).toEqual(['private'])
    expect(targets).toContainEqual({ name: 'newer', version: '1' })
  })

  test('one that another needs by now is refused by dpkg, and then nothing is removed', async () => {
    const { targets } = await compared(system)
    beta.do(installPackages('deb', at, null, targets))
    dpkg(beta, beta.offerDeb({ name: 'of-somebody', version: '1', needs: 'ledger-lib' }))
    expect(beta.run(removePackages('deb', at, null, ['ledger-lib'])).exitCode).not.toBe(0)
    expect(namesOn(beta)).toContain('ledger-lib 2.0')
  })
})

describe('packages of pip', () => {
  const pipOf = (root: PackageRoot): Pip => ({
    command: '/usr/bin/python3 -m pip',
    user: true,
    wheelDirectory: `${root.path}/wheels`,
  })
  const versionOn = (root: PackageRoot, name: string) =>
    parsePackages('pip', root.do(listPackages('pip', at, pipOf(root)))).find((each) => each.name === name)
      ?.version

  test('what the standby lacks is installed from its wheels, other versions stay, and it can be removed', async () => {
    for (const root of [alpha, beta]) root.offerWheel({ name: 'ledger_tools', version: '1.4' })
    const only = (version: string) => [{ name: 'ledger-common', version }]
    alpha.offerWheel({ name: 'ledger_common', version: '2' })
    beta.offerWheel({ name: 'ledger_common', version: '1' })
    alpha.do(
      installPackages('pip', at, pipOf(alpha), [...only('2'), { name: 'ledger-tools', version: '1.4' }]),
    )
    beta.do(installPackages('pip', at, pipOf(beta), only('1')))
    const { targets, other } = await compared({ system: false, pip: pipOf(beta) })
    expect(targets).toEqual([{ name: 'ledger-tools', version: '1.4' }])
    expect(other).toEqual([{ name: 'ledger-common', primary: '2', standby: '1' }])
    beta.do(installPackages('pip', at, pipOf(beta), targets))
    expect(versionOn(beta, 'ledger-tools')).toBe('1.4')
    expect(versionOn(beta, 'ledger-common')).toBe('1')
    beta.do(removePackages('pip', at, pipOf(beta), ['ledger-tools']))
    expect(versionOn(beta, 'ledger-tools')).toBeUndefined()
  })

  test('an interpreter that is not there is said: on the primary a warning, on the standby a reason to stop', async () => {
    const pip = { command: '/opt/app/bin/python3 -m pip', user: false, wheelDirectory: null }
    const [none] = await compare({ system: false, pip })
    expect(none?.found).toMatchObject({ isCompared: false, outcome: 'warn' })
    const program = '#!/bin/sh\nexec /usr/bin/python3 "$@"\n'
    alpha.put('bin/python-of-the-application', program, 0o755)
    const [lacking] = await compare({
      system: false,
      pip: { ...pip, command: 'python-of-the-application -m pip' },
    })
    expect(lacking?.found).toMatchObject({
      isCompared: false,
      outcome: 'fail',
      evidence: '“python-of-the-application -m pip” is not there on beta.',
    })
  })
})

describe('packages of rpm', () => {
  const listed = (root: PackageRoot) => parsePackages('rpm', root.do(listPackages('rpm', at, null)))
  test('are listed, compared, installed by the name of their build and removed', () => {
    const tools = { name: 'ledger-tools', version: '1.4' }
    alpha.do(sh`rpm -i ${alpha.buildRpm(tools)}`)
    expect(listed(alpha)).toEqual([{ name: 'ledger-tools.noarch', version: '0:1.4-1' }])
    const { missing } = comparePackages(listed(alpha), listed(beta))
    beta.giveDnf()
    beta.offerRpm(tools)
    beta.do(installPackages('rpm', at, null, missing))
    expect(listed(beta)).toEqual(listed(alpha))
    beta.do(removePackages('rpm', at, null, ['ledger-tools.noarch']))
    expect(listed(beta)).toEqual([])
  })

  test('what would take the place of another package is known before, and refused where it is tried all the same', () => {
    beta.giveDnf()
    beta.do(sh`rpm -i ${beta.buildRpm({ name: 'ledger-old', version: '1' })}`)
    beta.offerRpm({ name: 'ledger-new', version: '1', obsoletes: 'ledger-old' })
    const wanted = [{ name: 'ledger-new.noarch', version: '0:1-1' }]
    const said = parseRpmSimulation(beta.do(sh`${simulateRpm(wanted)} || true`), wanted)
    expect(said?.changes).toEqual(['ledger-old.noarch 1-1 would be replaced'])
    expect(beta.run(installPackages('rpm', at, null, wanted)).exitCode).not.toBe(0)
    expect(listed(beta)).toEqual([{ name: 'ledger-old.noarch', version: '0:1-1' }])
  })

  test('one that another needs by now is refused by rpm', () => {
    for (const built of [
      { name: 'ledger-lib', version: '2' },
      { name: 'of-somebody', version: '1', needs: 'ledger-lib' },
    ])
      beta.do(sh`rpm -i ${beta.buildRpm(built)}`)
    expect(beta.run(removePackages('rpm', at, null, ['ledger-lib.noarch'])).exitCode).not.toBe(0)
    expect(listed(beta)).toHaveLength(2)
  })
})
