import { beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/errors'
import { hostClockQuestion } from '@/lib/facts/host-clock'
import { type MachinePlace, MachineWatch } from '@/lib/watch/machine-watch'
import { rootPlaces } from '@/test/harness/places'
import { type Answer, deferred, ScriptedDoor } from '@/test/harness/scripted-door'

const place: MachinePlace = {
  places: rootPlaces('ledger'),
  directoryIds: ['vault'],
  port: 5432,
  hasDatabase: true,
  socketDirectory: '/run/postgresql',
  application: { unit: 'ledger.service', versionFile: '/srv/VERSION', versionCommand: null },
}
const pulse =
  'hostname db1\nmachine-id m\nboot-id b\nuptime 12.5\npostgres running\ncron running\ndirectories:\nvault\nidle\n\n\n\n'
const inventory = 'time-zone Europe/Prague\ndisk 10 100 4096\napplication active\nversion 4.2\n'

let door: ScriptedDoor
let nowMs: number
let answers: { pulse: Answer; clock: Answer; inventory: Answer }
const kinds = () => door.asked.map(({ text }) => kindOf(text))
const kindOf = (text: string): keyof typeof answers => {
  if (text === hostClockQuestion.text) return 'clock'
  return text.includes('machine-id') ? 'pulse' : 'inventory'
}
const dataDirectory = async () => '/var/lib/postgresql/15/main'
/** Awaits that the slow question was asked this often, and that what came of it was taken. */
const attempts = async (count: number) => {
  await vi.waitFor(() => expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(count))
  await new Promise(setImmediate)
}
const newWatch = () => new MachineWatch(door, { now: () => new Date(nowMs) })

beforeEach(() => {
  door = new ScriptedDoor()
  nowMs = Date.parse('2026-11-23T03:00:00.000Z')
  answers = { pulse, clock: `${nowMs}000000`, inventory }
  door.onAsk = ({ text }) => answers[kindOf(text)]
})

describe('a look at a machine', () => {
  test('gives what changes each second and what changes slowly as one', async () => {
    const facts = await newWatch().look(place, dataDirectory, 700)
    expect(facts).toMatchObject({
      hostname: 'db1',
      uptimeSeconds: 12.5,
      postgresProcess: 'running',
      cronRunning: true,
      timeZone: 'Europe/Prague',
      dataDiskFreeBytes: 40_960,
      dataDiskTotalBytes: 409_600,
      applicationVersion: '4.2',
      applicationActive: true,
      peerPostgres: null,
    })
  })

  test('asks for what is slow only once in twenty seconds, beside the look', async () => {
    const watch = newWatch()
    await watch.look(place, dataDirectory, 700)
    await watch.look(place, dataDirectory, 700)
    expect(kinds()).toEqual(['pulse', 'clock', 'inventory', 'pulse'])
    nowMs += 20_000
    answers.inventory = inventory.replace('4.2', '4.3')
    expect((await watch.look(place, dataDirectory, 700)).applicationVersion).toBe('4.2')
    await vi.waitFor(() => expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(2))
    await vi.waitFor(async () =>
      expect((await watch.look(place, dataDirectory, 700)).applicationVersion).toBe('4.3'),
    )
  })

  test('asks for it again at once when it may have changed, or when PostgreSQL’s data lies elsewhere', async () => {
    const watch = newWatch()
    await watch.look(place, dataDirectory, 700)
    watch.expireInventory()
    await watch.look(place, dataDirectory, 700)
    await vi.waitFor(() => expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(2))
    await watch.look(place, async () => '/elsewhere', 700)
    await vi.waitFor(() => expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(3))
    expect(door.asked.at(-1)?.text).toContain('/elsewhere')
  })

  test('says of what is slow when it was read, not when the look was', async () => {
    const watch = newWatch()
    const readAt = new Date(nowMs).toISOString()
    expect((await watch.look(place, dataDirectory, 700)).inventoryAt).toBe(readAt)
    nowMs += 19_000
    expect((await watch.look(place, dataDirectory, 700)).inventoryAt).toBe(readAt)
    nowMs += 1000
    await watch.look(place, dataDirectory, 700)
    const laterAt = new Date(nowMs).toISOString()
    await vi.waitFor(async () =>
      expect((await watch.look(place, dataDirectory, 700)).inventoryAt).toBe(laterAt),
    )
  })

  test('keeps what it knew of what is slow for a minute when it can’t be read any more, then knows it no more and says why', async () => {
    const watch = newWatch()
    await watch.look(place, dataDirectory, 700)
    const readAt = new Date(nowMs).toISOString()
    answers.inventory = new AppError('HOST_COMMAND_TIMED_OUT', 'Too slow.', { fix: 'Look at its disks.' })
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      nowMs += 20_000
      expect(await watch.look(place, dataDirectory, 700)).toMatchObject({
        applicationVersion: '4.2',
        inventoryAt: readAt,
        inventoryFailure: null,
      })
      await attempts(1 + attempt)
    }
    nowMs += 1000
    expect(await watch.look(place, dataDirectory, 700)).toMatchObject({
      dataDiskFreeBytes: null,
      dataDiskTotalBytes: null,
      applicationVersion: null,
      applicationActive: null,
      timeZone: 'Europe/Prague',
      inventoryAt: readAt,
      inventoryFailure: { code: 'HOST_COMMAND_TIMED_OUT', message: 'Too slow.', fix: 'Look at its disks.' },
    })
    answers.inventory = inventory
    nowMs += 20_000
    await watch.look(place, dataDirectory, 700)
    await vi.waitFor(async () =>
      expect(await watch.look(place, dataDirectory, 700)).toMatchObject({
        applicationVersion: '4.2',
        inventoryFailure: null,
      }),
    )
  })

  test('says nothing of a failure after an hour without a connection: the first attempt after it decides', async () => {
    const watch = newWatch()
    await watch.look(place, dataDirectory, 700)
    nowMs += 20_000
    answers.inventory = new AppError('HOST_CONNECTION_LOST', 'The connection was lost.')
    await watch.look(place, dataDirectory, 700)
    await attempts(2)
    nowMs += 3_600_000
    answers.inventory = inventory
    expect((await watch.look(place, dataDirectory, 700)).inventoryFailure).toBeNull()
  })

  test('is not asked more often for what is slow because it fails: a host that hangs is left alone', async () => {
    const watch = newWatch()
    await watch.look(place, dataDirectory, 700)
    answers.inventory = new AppError('HOST_COMMAND_TIMED_OUT', 'Too slow.')
    nowMs += 20_000
    await watch.look(place, dataDirectory, 700)
    await attempts(2)
    for (let look = 0; look < 19; look += 1) {
      nowMs += 1000
      await watch.look(place, dataDirectory, 700)
    }
    expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(2)
  })

  test('reads what is slow once at a time, however long it takes', async () => {
    const watch = newWatch()
    await watch.look(place, dataDirectory, 700)
    nowMs += 60_000
    const slow = deferred<string>()
    answers.inventory = slow.promise
    for (let look = 0; look < 4; look += 1) await watch.look(place, dataDirectory, 700)
    await vi.waitFor(() => expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(2))
    await watch.look(place, dataDirectory, 700)
    expect(kinds().filter((kind) => kind === 'inventory')).toHaveLength(2)
    slow.resolve(inventory)
  })

  test('asks as the database’s owner, who alone sees its lock file, and as itself where the pair has no database', async () => {
    await newWatch().look(place, dataDirectory, 700)
    expect(door.asked.map(({ as }) => as)).toEqual(['database-owner', 'login', 'login'])
    door.asked.length = 0
    await newWatch().look({ ...place, hasDatabase: false }, dataDirectory, 700)
    expect(door.asked.map(({ as }) => as)).toEqual(['login', 'login', 'login'])
  })

  test('sees a schedule in a user’s crontab too, which only the slow question can', async () => {
    expect((await newWatch().look(place, dataDirectory, 700)).syncScheduled).toBe(false)
    answers.inventory = `${inventory}sync scheduled\n`
    expect((await newWatch().look(place, dataDirectory, 700)).syncScheduled).toBe(true)
  })

  test('measures the host’s clock against the middle of its own question', async () => {
    answers.clock = `${nowMs + 3_600_000}000000`
    const { clockOffsetMs, clockErrorMs } = await newWatch().look(place, dataDirectory, 700)
    expect(Math.abs(clockOffsetMs - 3_600_000)).toBeLessThanOrEqual(clockErrorMs + 1)
    expect(clockErrorMs).toBeLessThan(500)
  })
})

describe('a machine that answers badly', () => {
  test('is told by its name, with the end of what it said kept for the log', async () => {
    answers.pulse = { exitCode: 127, stderr: `${'x'.repeat(900)}\nread: not found` }
    const error = await newWatch()
      .look(place, dataDirectory, 700)
      .catch((reason: AppError) => reason)
    expect(error).toMatchObject({
      code: 'HOST_COMMAND_FAILED',
      message: 'db1 could not answer a question about itself.',
      detail: 'exit code 127: read: not found',
    })
  })

  test('cut off in the middle is an error, not half a fact', async () => {
    answers.pulse = pulse.slice(0, 40)
    await expect(newWatch().look(place, dataDirectory, 700)).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
    })
  })

  test('without a clock gives no first look, because nothing could be dated', async () => {
    answers.clock = 'date: invalid format\n'
    await expect(newWatch().look(place, dataDirectory, 700)).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
    })
  })
})

test.each([
  [0, 'accepting'],
  [1, 'rejecting'],
  [2, 'no-response'],
  [124, 'no-response'],
  [127, null],
  [255, null],
])('from here the other’s PostgreSQL, asked with exit code %i, is %s', async (exitCode, seen) => {
  door.onRun = () => ({ exitCode })
  expect(await newWatch().askPeer({ address: '10.0.0.2', port: 5433 }, place)).toBe(seen)
  expect(door.ran[0]?.text).toContain('-h 10.0.0.2 -p 5433')
})

test('the other’s PostgreSQL is asked with the programs of this host’s own, looked for again where there were none', async () => {
  const watch = newWatch()
  let program = ''
  door.onAsk = () => program
  const peer = { address: '10.0.0.2', port: 5432 }
  await watch.askPeer(peer, place)
  program = '/opt/app/pgsql/bin/postgres\n'
  await watch.askPeer(peer, place)
  program = '/gone/postgres\n'
  await watch.askPeer(peer, place)
  const firstOf = ({ text }: { text: string }) => /for tool in (\S+)/.exec(text)?.[1]
  expect(door.ran.map(firstOf)).toEqual([
    '/usr/lib/postgresql/*/bin/pg_isready',
    '/opt/app/pgsql/bin/pg_isready',
    '/opt/app/pgsql/bin/pg_isready',
  ])
})
