import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import type { Pair } from '@/lib/domain/pair'
import type { PairState } from '@/lib/domain/states'
import { openSession } from '@/lib/io/postgres/open-session'
import { DoorPool } from '@/lib/io/ssh/door-pool'
import { createLeases } from '@/lib/io/store/leases'
import type { Leases } from '@/lib/ports/leases'
import { parseProfile } from '@/lib/profiles/parse-profile'
import { systemClock } from '@/lib/time'
import { startWatching, type Watching } from '@/lib/watch/start-watching'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { newHost, newOperation, newPair } from '@/test/harness/store-fixtures'
import { ToyWorker } from '@/test/harness/toy-workers'

/** Watches over a real store. The hosts are addresses where nobody listens: what is seen there is proved in the lab. */

const file = fileURLToPath(new URL('../profiles/generic-debian.yaml', import.meta.url))
const profile = parseProfile(readFileSync(file, 'utf8'), file)
const soon = { timeoutMs: 10_000, everyMs: 20 }

type Process = { readonly watching: Watching; readonly doors: DoorPool; readonly leases: Leases }

let test_: TestStore
let running: Process[] = []
let warnings: string[] = []
beforeEach(async () => {
  test_ = await createTestStore()
  running = []
  warnings = []
})
afterEach(async () => {
  for (const process of running) await end(process)
  await test_.close()
})

/** One worker process of the store, without its operations. */
function startProcess(): Process {
  const store = running.length === 0 ? test_.store : test_.openAnother()
  const leases = createLeases({
    connectionString: test_.connectionString,
    applicationName: 'a watch of a test',
    onError: () => undefined,
  })
  const readSecret = async () => ({ privateKey: null, passphrase: null, password: 'none' })
  const doors = new DoorPool({ readSecret, openSession, agentSocket: null })
  const watching = startWatching({
    store,
    doors,
    profiles: new Map([[profile.id, profile]]),
    leases,
    clock: systemClock,
    intervalMs: 100,
    warn: (about, message) => warnings.push(`${message}: ${String(about.err ?? about.pair)}`),
  })
  const process = { watching, doors, leases }
  running.push(process)
  return process
}

async function end(process: Process): Promise<void> {
  running = running.filter((other) => other !== process)
  await process.watching.stop()
  await process.leases.close()
  await process.doors.close()
}

async function insertPair(
  over: Partial<Pair> = {},
  [one, other]: readonly [number, number] = [11, 12],
): Promise<Pair> {
  const { hosts, pairs } = test_.store
  const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`
  const nobody = (last: number) =>
    newHost({ address: `127.0.0.${last}`, port: 1, authKind: 'password', hostKey })
  const primary = await hosts.insert(nobody(one))
  const standby = await hosts.insert(nobody(other))
  return pairs.insert(newPair(primary, standby, { isPaired: true, ...over }))
}

const latest = (pair: Pair) => test_.store.observations.latest(pair.id)
const untilState = (pair: Pair, state: PairState) =>
  awaitFact(state, async () => (await latest(pair))?.verdict.state === state, soon)
const untilLater = (pair: Pair, at: string) =>
  awaitFact('a later look', async () => ((await latest(pair))?.observation.at ?? '') > at, soon)

test('a pair that nobody answers for is unknown, with the reason, and its change of state is recorded once', async () => {
  const pair = await insertPair()
  startProcess()
  await untilState(pair, 'unknown')
  const seen = await latest(pair)
  expect(seen?.verdict.reasons.join(' ')).toMatch(/Understudy does not see host-\d+: /)
  expect(seen?.observation.hosts.primary.server).toMatchObject({
    seen: false,
    why: { code: 'HOST_PORT_REFUSED' },
  })
  await untilLater(pair, seen?.observation.at ?? '')
  expect(await test_.store.observations.stateChanges(pair.id, 10)).toMatchObject([
    { from: null, to: 'unknown' },
  ])
})

test('a pair that is made while the watch runs is watched, one that is removed no more', async () => {
  startProcess()
  const pair = await insertPair({ isPaired: false })
  await untilState(pair, 'unpaired')
  await test_.store.pairs.remove(pair.id)
  const another = await insertPairAgain()
  await untilState(another, 'unknown')
  expect(await latest(pair)).toBeNull()
})

/** On the hosts that the removed pair has left free. */
async function insertPairAgain(): Promise<Pair> {
  const [primary, standby] = await test_.store.hosts.list()
  if (!primary || !standby) throw new Error('the hosts of the first pair')
  return test_.store.pairs.insert(newPair(primary, standby, { isPaired: true }))
}

test('a pair whose profile is not there is not watched, which is told once; the others are', async () => {
  const lost = await insertPair({ profileId: 'gone' })
  const watched = await insertPair({}, [13, 14])
  startProcess()
  await untilState(watched, 'unknown')
  await untilLater(watched, (await latest(watched))?.observation.at ?? '')
  await untilLater(watched, new Date(Date.now() + 1_500).toISOString())
  expect(await latest(lost)).toBeNull()
  expect(warnings).toEqual([`a pair is not watched: its profile is not there: ${lost.slug}`])
})

test('an operation that begins is seen at once, and its end too', async () => {
  const pair = await insertPair()
  startProcess()
  await untilState(pair, 'unknown')
  const { id } = await test_.store.operations.insert(newOperation(pair, { kind: 'promote' }))
  await test_.store.operations.append(id, { type: 'operation.started', mode: 'run' })
  await untilState(pair, 'working')
  await test_.store.operations.append(id, { type: 'operation.succeeded' })
  await untilState(pair, 'unknown')
})

test('two workers share the pairs: each is watched by one, and by the other when that one stops', async () => {
  const pair = await insertPair()
  const first = startProcess()
  await untilState(pair, 'unknown')
  const since = (await latest(pair))?.verdict.since
  startProcess()
  await end(first)
  await untilLater(pair, new Date().toISOString())
  expect((await latest(pair))?.verdict.since).toBe(since)
  expect(await test_.store.observations.stateChanges(pair.id, 10)).toHaveLength(1)
})

test('what was known of a primary outlives a restart', async () => {
  const pair = await insertPair()
  const first = startProcess()
  await untilState(pair, 'unknown')
  await end(first)
  const stored = await latest(pair)
  if (!stored) throw new Error('a look of the first process')
  const lag = { ...stored.verdict.lag, primaryLsn: '0/5000100', primaryLsnAt: '2026-11-23T02:00:00.000Z' }
  await test_.store.observations.put({ ...stored, verdict: { ...stored.verdict, lag } })
  startProcess()
  await untilLater(pair, stored.observation.at)
  expect((await latest(pair))?.verdict.lag).toMatchObject({
    primaryLsn: '0/5000100',
    primaryLsnAt: '2026-11-23T02:00:00.000Z',
  })
})

test('a watch stops at once, whatever is under way, and leaves no look behind', async () => {
  const pair = await insertPair()
  const process = startProcess()
  await untilState(pair, 'unknown')
  const startedAt = performance.now()
  await process.watching.stop()
  expect(performance.now() - startedAt).toBeLessThan(1000)
  const at = (await latest(pair))?.observation.at
  const other = startProcess()
  await untilLater(pair, at ?? '')
  await end(other)
  expect(warnings).toEqual([])
})

describe('a worker that stands still', () => {
  const aheadMs = 3_600_000
  const workers: ToyWorker[] = []
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.signal('SIGKILL')
  })

  /** The clock of its process is ahead by `ms`. */
  async function startWorker(ms: number): Promise<ToyWorker> {
    const worker = await ToyWorker.startWatcher({ connectionString: test_.connectionString, aheadMs: ms })
    workers.push(worker)
    return worker
  }
  const isAhead = async (pair: Pair) =>
    Date.parse((await latest(pair))?.observation.at ?? '') > Date.now() + aheadMs / 2

  test('loses its pairs to another within 5 s; when it goes on it writes nothing, and is there when it is needed', async () => {
    const pair = await insertPair()
    const first = await startWorker(aheadMs)
    await awaitFact('a look of the first', () => isAhead(pair), soon)
    const second = await startWorker(0)
    await first.signal('SIGSTOP')
    const since = performance.now()
    await awaitFact('a look of the second', async () => !(await isAhead(pair)), soon)
    expect(performance.now() - since).toBeLessThan(5_000)
    await first.signal('SIGCONT')
    for (let look = 0; look < 20; look += 1) {
      await untilLater(pair, new Date().toISOString())
      expect(await isAhead(pair)).toBe(false)
    }
    expect(await test_.store.observations.stateChanges(pair.id, 10)).toHaveLength(1)
    await second.signal('SIGKILL')
    await awaitFact('a look of the first again', () => isAhead(pair), soon)
  })
})
