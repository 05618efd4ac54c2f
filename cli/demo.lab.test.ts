import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labNameOf } from '@/cli/demo-lab'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, openLab, takeDown } from '@/lab/lab'
import { claimRun, type HostRecord, saveRun } from '@/lab/run-state'
import { launchDashboard, processesOf, type RunningDashboard } from '@/test/harness/dashboard'
import { cliOf } from '@/test/harness/run-cli'

/** Real demos, as `npm run demo` runs them: one after another on one data directory, and one with another layout. */
let dataDirectory = ''
let soarDirectory = ''
const running: RunningDashboard[] = []

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'understudy-demo-'))
  soarDirectory = await mkdtemp(join(tmpdir(), 'understudy-demo-soar-'))
})
afterAll(async () => {
  for (const demo of running) demo.ask('SIGKILL')
  for (const directory of [dataDirectory, soarDirectory]) {
    if (labOf(directory)) takeDown(labNameOf(directory))
    await rm(directory, { recursive: true, force: true })
  }
})

const labOf = (directory: string): Lab | null => openLab(labNameOf(directory))
const isOneOn = (directory: string) => labOf(directory)?.hosts.some((host) => host.isOn())
const hostsOf = async (directory: string) =>
  (await cliOf({ dataDirectory: directory, databaseUrl: null }).spawn(['hosts'])).stdout

async function demo(directory: string, ...flags: readonly string[]): Promise<RunningDashboard> {
  const started = await launchDashboard({ dataDirectory: directory, command: ['demo', ...flags] })
  running.push(started)
  return started
}

/** Living processes of a lab's hosts. All that it uses carries its tag: its number is another's as soon as it is gone. */
async function processesOfHosts(tag: string | null): Promise<readonly number[]> {
  if (tag === null) throw new Error('no lab was up')
  return processesOf(`usl${tag}h`)
}

function tagOf(directory: string): string | null {
  const lab = labOf(directory)
  if (!lab) return null
  const record = readFileSync(join(dirname(lab.host(0).privateKeyPath), 'lab.json'), 'utf8')
  return (JSON.parse(record) as { tag: string }).tag
}

/** None of a dashboard is left; the logger of its store ends a moment after that. */
const expectNoProcess = (directory: string) =>
  awaitFact('no process', async () => (await processesOf(directory)).length === 0, { timeoutMs: 10_000 })

/** A lab that stays, with all its hosts off and no process left of it or of its dashboard. */
async function expectAllOff(directory: string): Promise<void> {
  expect(labOf(directory)?.hosts.map((host) => host.isOn())).toEqual([false, false])
  expect(await processesOfHosts(tagOf(directory))).toEqual([])
  await expectNoProcess(directory)
}

/** What a demo leaves that was killed while its hosts' disks were written. */
function leaveUnfinished(directory: string): void {
  const hosts = [1, 2].map((index): HostRecord => {
    const key = { passwords: {}, hostKey: '', hostKeyFingerprint: '' }
    const name = `demo-${index}`
    return { index, name, address: `10.213.0.${index}`, suite: 'bookworm', layout: 'debian', ...key }
  })
  saveRun({ ...claimRun(labNameOf(directory), true), hosts })
}

describe('the demo', () => {
  let rows = 0

  test('stopped while its hosts are being made, it ends in order and leaves nothing of them, nor of a killed one', async () => {
    leaveUnfinished(dataDirectory)
    const first = await demo(dataDirectory)
    await awaitFact('a host that is on', () => isOneOn(dataDirectory), { timeoutMs: 300_000 })
    const tag = tagOf(dataDirectory)
    const since = performance.now()
    first.ask('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(performance.now() - since).toBeLessThan(10_000)
    expect(first.output()).toMatch(/Making two real hosts …\nStopping …\nStopped\.\n$/)
    expect(labOf(dataDirectory)).toBeNull()
    expect(await processesOfHosts(tag)).toEqual([])
    await expectNoProcess(dataDirectory)
  })

  test('makes two hosts, says where the application writes, and registers both; Ctrl-C switches all off within 5 s', async () => {
    const second = await demo(dataDirectory)
    await second.until(/Ctrl-C stops it/)
    expect(second.output()).toMatch(
      /Two real hosts are up: demo-1 at [\d.]+, where the application writes, and demo-2 at [\d.]+\. Profile: generic-debian\.\n/,
    )
    const hosts = await hostsOf(dataDirectory)
    for (const name of ['demo-1', 'demo-2']) expect(hosts.split(name)).toHaveLength(2)
    const primary = labOf(dataDirectory)?.host(0)
    expect(second.output()).toMatch(/http:\/\/\S+\/setup\?code=[\w-]+/)
    const count = async () => Number(await primary?.sql('select count(*) from entries'))
    rows = await count()
    await awaitFact('another row of the application', async () => (await count()) > rows)
    const since = performance.now()
    second.ask('SIGINT')
    expect(await second.ended).toBe(0)
    expect(performance.now() - since).toBeLessThan(5_000)
    expect(second.output()).toMatch(/Stopping …\nStopped\.\n$/)
    await expectAllOff(dataDirectory)
  })

  test('stopped while the hosts of the last start boot, it switches them off', async () => {
    const third = await demo(dataDirectory)
    await awaitFact('a host that is on', () => isOneOn(dataDirectory), { timeoutMs: 120_000 })
    third.ask('SIGTERM')
    expect(await third.ended).toBe(0)
    expect(third.output()).toMatch(/Booting the two hosts of the last start …\nStopping …\nStopped\.\n$/)
    await expectAllOff(dataDirectory)
  })

  test('of another layout refuses hosts that are there, and nothing is left running', async () => {
    const other = await demo(dataDirectory, '--layout', 'soar-unprivileged')
    expect(await other.ended).toBe(1)
    expect(other.output()).toContain(
      'The demo’s hosts cannot be brought up: this data directory’s hosts have the layout debian: take another --data-dir.',
    )
    await expectAllOff(dataDirectory)
  })

  test('finds all again at the next start; asked a second time to stop it ends at once, and leaves nothing on', async () => {
    const fourth = await demo(dataDirectory)
    await fourth.until(/Ctrl-C stops it/)
    expect((await hostsOf(dataDirectory)).split('demo-1')).toHaveLength(2)
    const primary = labOf(dataDirectory)?.host(0)
    expect(Number(await primary?.sql('select count(*) from entries'))).toBeGreaterThanOrEqual(rows)
    // Two that are alike could become one on their way.
    fourth.ask('SIGINT')
    fourth.ask('SIGTERM')
    expect(await fourth.ended).toBe(1)
    // Pages, worker and store hear of it and end by themselves.
    await expectAllOff(dataDirectory)
  })

  test('with another layout has hosts without root, and the profile that fits them', async () => {
    const soar = await demo(soarDirectory, '--layout', 'soar-unprivileged')
    await soar.until(/Ctrl-C stops it/)
    expect(soar.output()).toMatch(/soar-1 at .*soar-2 at .*Profile: splunk-soar-unprivileged\.\n/)
    expect(await hostsOf(soarDirectory)).toMatch(/soar-1 .*phantom +unprivileged/)
    soar.ask('SIGTERM')
    expect(await soar.ended).toBe(0)
    await expectAllOff(soarDirectory)
  })
})
