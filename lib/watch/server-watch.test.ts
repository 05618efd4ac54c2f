import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '@/lib/errors'
import { serverFactsSql } from '@/lib/facts/server-facts'
import { ServerWatch } from '@/lib/watch/server-watch'
import { deferred, recordedServer, ScriptedDoor } from '@/test/harness/scripted-door'

const place = { port: 5432, socketDirectory: '/run/postgresql', osUser: 'postgres' }
let door: ScriptedDoor
const watchAs = (password: string | null) => new ServerWatch(door, place, async () => password)
const answers = (text: string) => (text === serverFactsSql.ask ? [{ facts: recordedServer('primary') }] : [])

beforeEach(() => {
  door = new ScriptedDoor()
  door.onQuery = answers
})
afterEach(() => {
  vi.useRealTimers()
})

describe('who asks PostgreSQL', () => {
  test('is the monitoring role where there is one, else the database’s owner', async () => {
    await watchAs('hunter2').look(1000)
    await watchAs(null).look(1000)
    expect(door.targets.map(({ identity }) => identity)).toEqual([
      { as: 'monitor', password: 'hunter2' },
      { as: 'owner' },
    ])
    expect(door.targets[0]).toMatchObject({ ...place, database: 'postgres' })
  })

  test('is the owner on a host where the monitoring role has not come yet', async () => {
    door.onOpen = async ({ identity }) => {
      if (identity.as === 'monitor') throw new AppError('POSTGRES_AUTH_FAILED', 'No such role.')
    }
    expect((await watchAs('hunter2').look(1000)).versionNum).toBe(150018)
    expect(door.targets.map(({ identity }) => identity.as)).toEqual(['monitor', 'owner'])
  })

  test.each(['POSTGRES_DOWN', 'POSTGRES_STARTING', 'HOST_CONNECTION_LOST', 'HOST_SUDO_REFUSED'] as const)(
    'is not the owner when the failure is %s: that is what is told',
    async (code) => {
      door.onOpen = async () => {
        throw new AppError(code, 'It failed.')
      }
      await expect(watchAs('hunter2').look(1000)).rejects.toMatchObject({ code })
      expect(door.targets).toHaveLength(1)
    },
  )
})

describe('a session', () => {
  test('is opened and prepared once for all looks', async () => {
    const watch = watchAs('hunter2')
    for (let look = 0; look < 3; look += 1) await watch.look(1000)
    expect(door.targets).toHaveLength(1)
    expect(door.statements).toEqual([serverFactsSql.prepare, ...Array(3).fill(serverFactsSql.ask)])
  })

  test('that was lost is opened anew by the next look', async () => {
    const watch = watchAs('hunter2')
    await watch.look(1000)
    door.isSessionOpen = false
    await watch.look(1000)
    expect(door.targets).toHaveLength(2)
  })

  test('is opened once, however many looks wait for it', async () => {
    const opened = deferred<void>()
    door.onOpen = () => opened.promise
    const watch = watchAs('hunter2')
    const looks = [watch.look(1000), watch.look(1000)]
    opened.resolve()
    for (const facts of await Promise.all(looks)) expect(facts.inRecovery).toBe(false)
    expect(door.targets).toHaveLength(1)
  })

  test('on which the question can’t be prepared is closed: looks never pile up sessions', async () => {
    door.onQuery = () => {
      throw new AppError('POSTGRES_QUERY_FAILED', 'PostgreSQL does not know that.')
    }
    const watch = watchAs('hunter2')
    for (let look = 0; look < 3; look += 1)
      await expect(watch.look(1000)).rejects.toMatchObject({ code: 'POSTGRES_QUERY_FAILED' })
    expect(door.targets).toHaveLength(3)
    expect(door.closed).toBe(3)
  })

  test('whose role was dropped and made anew is replaced within the same look, and closed', async () => {
    const watch = watchAs('hunter2')
    await watch.look(1000)
    let isRefused = true
    door.onQuery = (text) => {
      if (text === serverFactsSql.ask && isRefused) {
        isRefused = false
        throw new AppError('POSTGRES_QUERY_FAILED', 'PostgreSQL refused a statement (SQLSTATE 42501).')
      }
      return answers(text)
    }
    expect((await watch.look(1000)).inRecovery).toBe(false)
    expect(door.targets).toHaveLength(2)
    expect(door.closed).toBe(1)
  })

  test('that is still being opened when the watch ends is closed as soon as it is there', async () => {
    const opened = deferred<void>()
    door.onOpen = () => opened.promise
    const watch = watchAs('hunter2')
    const look = watch.look(1000)
    await watch.close()
    opened.resolve()
    await look
    await vi.waitFor(() => expect(door.closed).toBe(1))
  })

  test('is closed with the watch, and a watch that never looked has none', async () => {
    const watch = watchAs('hunter2')
    await watch.close()
    expect(door.closed).toBe(0)
    await watch.look(1000)
    await watch.close()
    expect(door.closed).toBe(1)
  })
})

describe('a server that hangs', () => {
  test('is told in time, and what it opened meanwhile serves the next look', async () => {
    vi.useFakeTimers()
    const opened = deferred<void>()
    door.onOpen = () => opened.promise
    const watch = watchAs('hunter2')
    const look = watch.look(700)
    const told = expect(look).rejects.toMatchObject({
      code: 'POSTGRES_TIMED_OUT',
      message: 'PostgreSQL on db1 did not answer in time.',
      fix: expect.stringContaining('db1'),
    })
    await vi.advanceTimersByTimeAsync(699)
    await vi.advanceTimersByTimeAsync(1)
    await told
    opened.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect((await watch.look(700)).versionNum).toBe(150018)
    expect(door.targets).toHaveLength(1)
  })

  test('leaves no timer behind when it answers', async () => {
    vi.useFakeTimers()
    await watchAs(null).look(700)
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('an answer that is not one about the server is an error, never a fact', async () => {
  door.onQuery = (text) => (text === serverFactsSql.ask ? [{ facts: { versionNum: 'fifteen' } }] : [])
  await expect(watchAs(null).look(1000)).rejects.toMatchObject({ code: 'POSTGRES_QUERY_FAILED' })
})
