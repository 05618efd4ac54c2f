import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { hostClockQuestion } from '@/lib/facts/host-clock'
import { parseServerFacts, serverFactsSql } from '@/lib/facts/server-facts'
import { systemClock } from '@/lib/time'
import { HostWatch } from '@/lib/watch/host-watch'
import { observePair } from '@/lib/watch/observe-pair'
import { rootPlaces } from '@/test/harness/places'
import {
  connected,
  connecting,
  deferred,
  failed,
  recordedServer,
  ScriptedDoor,
} from '@/test/harness/scripted-door'

const pulse = 'hostname db1\nmachine-id m\nboot-id b\nuptime 12.5\npostgres running\ndirectories:\n'
const lost = new AppError('HOST_CONNECTION_LOST', 'The connection to db1 was lost.', {
  fix: 'Look at the cable.',
})
const down = new AppError('POSTGRES_DOWN', 'PostgreSQL on db1 does not run.', { fix: 'Start it.' })

/** A door to a sound host in this role. */
function doorTo(role: 'primary' | 'standby'): ScriptedDoor {
  const door = new ScriptedDoor()
  door.onAsk = ({ text }) => {
    if (text === hostClockQuestion.text) return `${Date.now()}000000`
    return text.includes('machine-id') ? pulse : 'time-zone UTC\n'
  }
  door.onQuery = (text) => (text === serverFactsSql.ask ? [{ facts: recordedServer(role) }] : [])
  return door
}

const server = { port: 5432, socketDirectory: '/run/postgresql', osUser: 'postgres' }
const watchOf = (
  door: ScriptedDoor,
  signal = new AbortController().signal,
  place: typeof server | null = server,
) =>
  new HostWatch({
    door,
    place: {
      machine: {
        places: rootPlaces('ledger'),
        directoryIds: [],
        port: 5432,
        hasDatabase: true,
        socketDirectory: '/run/postgresql',
        application: { unit: null, versionFile: null, versionCommand: null },
      },
      server: place,
    },
    readMonitorPassword: async () => null,
    clock: systemClock,
    signal,
  })

let door: ScriptedDoor
beforeEach(() => {
  door = doorTo('primary')
})

describe('a look at a host', () => {
  test('sees its machine and its server, each with its own time', async () => {
    const { machine, server } = await watchOf(door).look()
    expect(machine).toMatchObject({ seen: true, value: { hostname: 'db1' } })
    expect(server).toMatchObject({ seen: true, value: { inRecovery: false } })
    for (const { at } of [machine, server]) expect(Date.parse(at)).not.toBeNaN()
  })

  test('looks for the disk where the server says that its data is', async () => {
    await watchOf(door).look()
    expect(door.asked.at(-1)?.text).toContain(
      parseServerFacts([{ facts: recordedServer('primary') }]).dataDirectory,
    )
  })

  test('still sees the machine when PostgreSQL is down, and says of the server why it is not seen', async () => {
    door.onOpen = async () => {
      throw down
    }
    const { machine, server } = await watchOf(door).look()
    expect(machine.seen).toBe(true)
    expect(server).toMatchObject({ seen: false, why: { code: 'POSTGRES_DOWN', fix: 'Start it.' } })
  })

  test('still sees the server when the machine answers badly', async () => {
    door.onAsk = () => ({ exitCode: 1 })
    const { machine, server } = await watchOf(door).look()
    expect(machine).toMatchObject({ seen: false, why: { code: 'HOST_COMMAND_FAILED' } })
    expect(server.seen).toBe(true)
  })

  test('never throws: an error of our own is told without its text', async () => {
    door.onOpen = async () => {
      throw new TypeError('secret internals')
    }
    const { server } = await watchOf(door).look()
    expect(server).toMatchObject({ seen: false, why: { code: 'INTERNAL' } })
    expect(JSON.stringify(server)).not.toContain('secret internals')
  })

  test('asks nothing of a host that is not connected, and gives the connection’s own reason twice', async () => {
    door.current = failed(lost)
    const { machine, server } = await watchOf(door).look()
    for (const side of [machine, server])
      expect(side).toMatchObject({
        seen: false,
        why: { code: 'HOST_CONNECTION_LOST', fix: 'Look at the cable.' },
      })
    expect([...door.asked, ...door.targets]).toEqual([])
  })

  test('waits for a connection that is on its way at the first look, and not at any later one', async () => {
    door.current = connecting
    const watch = watchOf(door)
    const first = watch.look()
    setTimeout(() => {
      door.current = connected
    }, 30)
    expect((await first).server.seen).toBe(true)
    door.current = connecting
    const { server } = await watch.look()
    expect(server).toMatchObject({ seen: false, why: { code: 'HOST_CONNECTING' } })
  })

  test('waits no longer once nobody wants it', async () => {
    door.current = connecting
    const ended = new AbortController()
    const look = watchOf(door, ended.signal).look()
    ended.abort()
    expect((await look).machine).toMatchObject({ seen: false, why: { code: 'HOST_CONNECTING' } })
  })
})

describe('what a host says of the other’s PostgreSQL', () => {
  const peer = { address: '10.0.0.2', port: 5432 }

  test('is nothing while the host itself can’t be asked', async () => {
    door.current = failed(lost)
    expect(await watchOf(door).askPeer(peer)).toBeNull()
    door.current = connected
    door.onRun = () => lost
    expect(await watchOf(door).askPeer(peer)).toBeNull()
  })

  test('is never made up: an error of our own is thrown', async () => {
    door.onRun = () => new TypeError('broken')
    await expect(watchOf(door).askPeer(peer)).rejects.toThrow(TypeError)
  })
})

describe('an observation of both hosts', () => {
  let standby: ScriptedDoor
  beforeEach(() => {
    standby = doorTo('standby')
  })
  const observe = (asks = true) =>
    observePair(
      { primary: watchOf(door), standby: watchOf(standby) },
      {
        asksPeers: asks ? 'postgres' : null,
        postgresPort: 5432,
        sshPorts: { primary: 22, standby: 22 },
        clock: systemClock,
      },
    )
  const peerSeenBy = async (role: 'primary' | 'standby', asks = true) => {
    const { machine } = (await observe(asks)).hosts[role]
    return machine.seen ? machine.value.peerPostgres : 'unseen'
  }

  test('asks neither about the other while both are sound', async () => {
    const { hosts, tookMs } = await observe()
    expect(hosts.primary.server.seen && hosts.standby.server.seen).toBe(true)
    expect(tookMs).toBeGreaterThan(0)
    expect([...door.ran, ...standby.ran]).toEqual([])
  })

  test('of a pair without a database asks no PostgreSQL, and the standby whether a silent primary’s sshd answers', async () => {
    const signal = new AbortController().signal
    door.current = failed(lost)
    standby.onRun = ({ text }) => ({ exitCode: text.includes('/dev/tcp/') ? 1 : 0 })
    const { hosts } = await observePair(
      { primary: watchOf(door, signal, null), standby: watchOf(standby, signal, null) },
      {
        asksPeers: 'ssh',
        postgresPort: 5432,
        sshPorts: { primary: 2222, standby: 22 },
        clock: systemClock,
      },
    )
    expect(hosts.standby.server).toMatchObject({ seen: false, why: { code: 'PRECONDITION_FAILED' } })
    expect(hosts.standby.machine).toMatchObject({ value: { peerSsh: 'no-response', peerPostgres: null } })
    expect(standby.ran.map(({ text }) => text)).toEqual([expect.stringContaining(' 2222')])
    expect([...door.targets, ...standby.targets]).toEqual([])
  })

  test('asks the standby about a primary whose PostgreSQL is not seen: two sides make a verdict', async () => {
    door.onOpen = async () => {
      throw down
    }
    standby.onRun = () => ({ exitCode: 2 })
    expect(await peerSeenBy('standby')).toBe('no-response')
    expect(door.ran).toEqual([])
  })

  test('asks the standby about its primary while its own stream is down, though both are seen', async () => {
    const recorded = recordedServer('standby')
    const waiting = { ...(typeof recorded === 'object' ? recorded : {}), receiver: null }
    standby.onQuery = (text) => (text === serverFactsSql.ask ? [{ facts: waiting }] : [])
    standby.onRun = () => ({ exitCode: 0 })
    expect(await peerSeenBy('standby')).toBe('accepting')
  })

  test('asks the other about a server that is slow, without waiting for it to be silent', async () => {
    const opened = deferred<void>()
    door.onOpen = () => opened.promise
    standby.onRun = () => {
      opened.resolve()
      return { exitCode: 0 }
    }
    expect(await peerSeenBy('standby')).toBe('accepting')
  })

  test('asks nobody where that is not wanted, as during an operation', async () => {
    door.onOpen = async () => {
      throw down
    }
    expect(await peerSeenBy('standby', false)).toBeNull()
    expect(standby.ran).toEqual([])
  })

  test('does not wait for the word of a host that is not seen itself', async () => {
    door.onOpen = async () => {
      throw down
    }
    standby.onAsk = () => lost
    standby.onRun = () => deferred<string>().promise
    expect(await peerSeenBy('standby')).toBe('unseen')
  })
})
