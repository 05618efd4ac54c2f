import { beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { heldCrontabLines, writeCrontab } from '@/lib/commands/crontab'
import type { Host } from '@/lib/domain/host'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { applicationOf } from '@/lib/operations/application-of'
import { bootStartOf } from '@/lib/operations/boot-start-of'
import { changeCrontab } from '@/lib/operations/change-crontab'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { hostFactsOf, profileOf } from '@/test/harness/operation-facts'
import { ScriptedDoor } from '@/test/harness/scripted-door'
import { soarHost } from '@/test/harness/soar-facts'

const start = '/opt/phantom/bin/start_phantom.sh'
const stop = '/opt/phantom/bin/stop_phantom.sh'
const check = '/opt/phantom/bin/check'
const others = '# of somebody\n17 4 * * * /opt/phantom/bin/report\n'
const bootLine = `@reboot ${start}\n`

/** What a host’s application is, told by what the commands did to it. */
class Machine {
  readonly door = new ScriptedDoor()
  crontab = ''
  isUp = true
  isEnabled = true
  isHealthy = true
  readonly did: string[] = []

  constructor() {
    this.door.onRun = (command) => this.#answer(command)
  }

  #answer({ text, stdin }: Command) {
    if (text.includes('crontab -l')) return this.crontab
    if (text === writeCrontab(stdin ?? '').text) return this.#put(stdin ?? '')
    if (text.startsWith('systemctl show'))
      return `loaded\n${this.isUp ? 'active' : 'inactive'}\n${this.isEnabled ? 'enabled' : 'disabled'}\n`
    if (text.includes(check)) return { exitCode: this.isUp && this.isHealthy ? 0 : 1 }
    return this.#do(/systemctl (\w+)/.exec(text)?.[1] ?? (text.includes(start) ? 'start' : 'stop'))
  }

  #put(content: string) {
    this.crontab = content
    this.did.push('crontab')
    return ''
  }

  #do(verb: string) {
    this.did.push(verb)
    if (verb === 'start' || verb === 'stop') this.isUp = verb === 'start'
    if (verb === 'enable' || verb === 'disable') this.isEnabled = verb === 'enable'
    return ''
  }
}

let machine: Machine
beforeEach(() => {
  machine = new Machine()
})
const never = new AbortController().signal
const phantom = soarHost('alpha', '10.7.0.11')
const root: Host = { ...phantom, user: 'root', privilege: 'root', home: '/root' }
const profileWith = (application: object) => ({
  application: { ...profileOf().application, unit: null, start, stop, check, ...application },
})
const controlOf = (host: Host, application: object, over: Partial<HostFacts> = {}) => {
  const facts = hostFactsOf('alpha', { applicationHealthy: true, bootLines: [], ...over })
  const control = applicationOf({ profile: profileWith(application), host, slug: 'soar', facts })
  if (!control) throw new Error('there is no application')
  return control
}

describe('an application with a unit', () => {
  const unit = () => controlOf(root, { unit: 'ledger.service', start: null, stop: null })

  test('is off only when it neither runs nor starts at boot, and on only when it does both', async () => {
    for (const [isUp, isEnabled] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      Object.assign(machine, { isUp, isEnabled })
      expect(await unit().isOff(machine.door)).toBe(!isUp && !isEnabled)
      expect(await unit().isOn(machine.door)).toBe(isUp && isEnabled)
    }
  })

  test('is stopped and kept from starting, and started again for good', async () => {
    await unit().stop(machine.door, never)
    expect(await unit().isOff(machine.door)).toBe(true)
    await unit().start(machine.door, never)
    expect(await unit().isOn(machine.door)).toBe(true)
    expect(machine.did).toEqual(['stop', 'disable', 'enable', 'start'])
  })

  test.each([
    ['active', 'enabled', ['enable', 'start']],
    ['active', 'disabled', ['start']],
    ['inactive', 'enabled', ['enable']],
    ['inactive', 'disabled', []],
  ] as const)('that was %s and %s comes back as just that', async (activeState, enabledState, did) => {
    const facts = hostFactsOf('alpha')
    if (!facts.machine.seen) throw new Error('no machine')
    const before = { loadState: 'loaded', activeState, enabledState }
    const seen = { seen: true as const, value: { ...facts.machine.value, applicationUnit: before } }
    await controlOf(root, { unit: 'ledger.service' }, { machine: seen }).restore(machine.door)
    expect(machine.did).toEqual(did)
  })

  test('is healthy by the profile’s check alone, and always where there is none', async () => {
    machine.isHealthy = false
    expect(await unit().isHealthy(machine.door)).toBe(false)
    expect(await controlOf(root, { unit: 'ledger.service', check: null }).isHealthy(machine.door)).toBe(true)
  })
})

describe('an application with commands, on a host whose user owns everything', () => {
  const own = (bootLines: readonly string[] = [bootLine.trim()]) =>
    controlOf(phantom, {}, { bootLines: [...bootLines] })
  beforeEach(() => {
    machine.crontab = others + bootLine
  })

  test('is stopped, and its line of the crontab is kept as a comment: cron starts it no more', async () => {
    expect(await own().isOff(machine.door)).toBe(false)
    await own().stop(machine.door, never)
    expect(await own().isOff(machine.door)).toBe(true)
    expect(machine.crontab.split('\n').filter((line) => line.startsWith('@reboot'))).toEqual([])
    expect(heldCrontabLines(machine.crontab, 'soar application')).toEqual([bootLine.trim()])
    expect(machine.crontab.startsWith(others)).toBe(true)
  })

  test('is not off while it is healthy, or while a line of the crontab starts it', async () => {
    await own().stop(machine.door, never)
    machine.isUp = true
    expect(await own().isOff(machine.door)).toBe(false)
    machine.isUp = false
    machine.crontab += bootLine
    expect(await own().isOff(machine.door)).toBe(false)
  })

  test('comes back with its line byte for byte, and only if it ran', async () => {
    const before = machine.crontab
    await own().stop(machine.door, never)
    await own().restore(machine.door)
    expect([machine.crontab, machine.isUp]).toEqual([before, true])
    const wasDown = controlOf(phantom, {}, { bootLines: [bootLine.trim()], applicationHealthy: false })
    await wasDown.stop(machine.door, never)
    await wasDown.restore(machine.door)
    expect([machine.crontab, machine.isUp]).toEqual([before, false])
  })

  test('gets a line where it has none when it is started for good, once', async () => {
    machine.crontab = others
    const control = own([])
    for (let round = 0; round < 2; round += 1) await control.start(machine.door, never)
    expect(machine.crontab.match(/^@reboot .*start_phantom\.sh$/gm)).toHaveLength(1)
    expect(await control.isOn(machine.door)).toBe(true)
    await own().stop(machine.door, never)
    await own().start(machine.door, never)
    expect(machine.crontab.match(/^@reboot .*start_phantom\.sh$/gm)).toHaveLength(1)
  })

  test('leaves the crontab of a host alone where root keeps our files', async () => {
    const control = controlOf(root, {})
    await control.stop(machine.door, never)
    await control.start(machine.door, never)
    expect(machine.did).toEqual(['stop', 'start'])
    expect(await control.isOn(machine.door)).toBe(true)
  })
})

test('an application without a unit or commands is none', () => {
  const facts = hostFactsOf('alpha')
  for (const application of [{ start: null }, { stop: null }, { start: null, stop: null }])
    expect(
      applicationOf({ profile: profileWith(application), host: phantom, slug: 'soar', facts }),
    ).toBeNull()
})

describe('what starts PostgreSQL at boot', () => {
  const layout: PostgresLayout = {
    versionNum: 150018,
    systemIdentifier: '7',
    dataDirectory: '/opt/phantom/data/db',
    configFile: '/opt/phantom/data/db/postgresql.conf',
    hbaFile: '/opt/phantom/data/db/pg_hba.conf',
    walSegmentBytes: 16_777_216,
    binDirectory: '/usr/lib/postgresql/15/bin',
    unit: null,
    startConf: null,
    osUser: 'phantom',
    port: 5432,
    socketDirectory: '/tmp',
    serverLog: '/opt/phantom/data/db/server.log',
  }
  const postgresLine = '@reboot pg_ctl -D /opt/phantom/data/db start\n'
  const bootStart = (over: Partial<PostgresLayout> = {}, host = phantom, name = 'soar fence') =>
    bootStartOf({ layout: { ...layout, ...over }, host, profile: profileWith({}), name })

  test('in the crontab is held as comments and comes back byte for byte, also the application’s line', async () => {
    machine.crontab = others + postgresLine + bootLine
    const before = machine.crontab
    expect(await bootStart().isInCrontab(machine.door)).toBe(true)
    for (let round = 0; round < 2; round += 1) await bootStart().hold(machine.door)
    expect(await bootStart().isInCrontab(machine.door)).toBe(false)
    expect(machine.crontab).toContain('17 4 * * * /opt/phantom/bin/report')
    for (let round = 0; round < 2; round += 1) await bootStart().release(machine.door)
    expect(machine.crontab).toBe(before)
  })

  test('that is held under one name is not released under another', async () => {
    machine.crontab = postgresLine
    await bootStart().hold(machine.door)
    const held = machine.crontab
    await bootStart({}, phantom, 'another').release(machine.door)
    expect(machine.crontab).toBe(held)
  })

  test('by a unit is disabled and enabled, and no crontab is touched', async () => {
    machine.crontab = postgresLine
    const unit = bootStart({ unit: 'postgresql.service' }, root)
    await unit.hold(machine.door)
    await unit.release(machine.door)
    expect(machine.did).toEqual(['disable', 'enable'])
    expect(await unit.isInCrontab(machine.door)).toBe(false)
  })
})

test('a crontab that is as it is wanted is not written again', async () => {
  machine.crontab = others
  await changeCrontab(machine.door, (content) => content)
  expect(machine.did).toEqual([])
  await changeCrontab(machine.door, () => '')
  expect([machine.crontab, ...machine.did]).toEqual(['', 'crontab'])
})
