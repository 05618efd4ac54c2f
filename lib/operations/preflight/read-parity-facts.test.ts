import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { databasesMax, readParityFacts } from '@/lib/operations/preflight/read-parity-facts'
import { hostFactsOf, profileOf } from '@/test/harness/operation-facts'
import { databaseParityOf, machineParityOf, serverParityOf } from '@/test/harness/parity-facts'
import { ScriptedDoor } from '@/test/harness/scripted-door'

const machine =
  'memory=8388608\nhas_locale=yes\nlocales=C en_US.utf8\nlibc=glibc 2.36\nzone=Etc/UTC\nend=yes\n'
const refused = (code: 'POSTGRES_QUERY_FAILED' | 'POSTGRES_DOWN' | 'POSTGRES_AUTH_FAILED') =>
  new AppError(code, 'It was refused.', { fix: 'Mend it.' })
const directories = ['/srv/ledger/vault', '/srv/ledger/etc']

let doors: { primary: ScriptedDoor; standby: ScriptedDoor }
let parity: ReturnType<typeof serverParityOf>
/** What each statement of a host is answered with; a test replaces one. */
let answers: { zones: () => void; supplies: () => readonly object[]; database: (name: string) => object }

/** Sessions that are open now, and the most that were at once. */
let open: { now: number; most: number }

beforeEach(() => {
  open = { now: 0, most: 0 }
  parity = serverParityOf()
  answers = {
    zones: () => undefined,
    supplies: () => [{ supplies: { missingLibraries: [], extensions: [] } }],
    database: () => ({ parity: databaseParityOf() }),
  }
  doors = { primary: scripted(), standby: scripted() }
})

function scripted(): ScriptedDoor {
  const door = new ScriptedDoor()
  const session = door.database.bind(door)
  door.database = async (target) => {
    open.now += 1
    open.most = Math.max(open.most, open.now)
    const opened = await session(target).catch((error: unknown) => {
      open.now -= 1
      throw error
    })
    const query = async (text: string) => {
      // A turn of the loop: whatever else is asked at once is asked by now.
      await new Promise((resolve) => setImmediate(resolve))
      if (text.includes('pg_extension)')) return [answers.database(target.database)] as never
      return await opened.query(text)
    }
    const close = async () => {
      open.now -= 1
      await opened.close()
    }
    return { ...opened, query, close }
  }
  door.onRun = ({ text }) =>
    text.includes('getent') ? 'passwd 998 ledger\ngroup 998 ledger\nend\n' : machine
  door.onQuery = (text) => {
    if (text.includes('missingLibraries')) return answers.supplies() as never
    if (text.includes('set_config')) {
      answers.zones()
      return []
    }
    return [{ parity }]
  }
  return door
}

const read = (scope = { database: true, files: true }, hosts = {}) =>
  readParityFacts({
    doors,
    hosts: { primary: hostFactsOf('alpha'), standby: hostFactsOf('beta'), ...hosts },
    profile: profileOf(),
    scope,
    directories,
  })

describe('of two sound hosts', () => {
  test('everything is read, and every session is closed', async () => {
    const facts = await read()
    expect(answerOf(facts.primary.machine)).toMatchObject({ libc: machineParityOf().libc })
    expect(facts.standby.server.seen && facts.supplies.seen && facts.unknownZones.seen).toBe(true)
    expect(facts.databases.map(({ name, found }) => [name, found.seen])).toEqual([
      ['ledger', true],
      ['postgres', true],
      ['template1', true],
    ])
    expect(open.now).toBe(0)
  })

  test('each database that takes sessions is asked by its own, a few at once', async () => {
    const base = parity.databases[0]
    if (!base) throw new Error('no database')
    const databases = Array.from({ length: 12 }, (_, n) => ({ ...base, name: `app ${n}` }))
    parity = serverParityOf({ databases: [...databases, { ...base, name: 'closed', canConnect: false }] })
    const facts = await read()
    expect(facts.databases.map(({ name }) => name)).toEqual(databases.map(({ name }) => name))
    const asked = doors.primary.targets.map(({ database }) => database)
    expect(asked).not.toContain('closed')
    expect(new Set(asked)).toEqual(new Set(['postgres', ...databases.map(({ name }) => name)]))
    expect(open.most).toBe(3)
  })

  test('of very many databases the rest is counted, not asked', async () => {
    const base = parity.databases[0]
    if (!base) throw new Error('no database')
    const databases = Array.from({ length: databasesMax + 7 }, (_, n) => ({ ...base, name: `app-${n}` }))
    parity = serverParityOf({ databases })
    const facts = await read()
    expect([facts.databases.length, facts.databasesLeft]).toEqual([databasesMax, 7])
  })

  test('owners are asked by number on the primary, and on the standby by those names too', async () => {
    await read()
    const asked = (door: ScriptedDoor) => door.ran.find(({ text }) => text.includes('getent'))?.text
    expect(asked(doors.primary)).toContain('ask passwd 998\n')
    expect(asked(doors.standby)).toContain('ask passwd 998 ledger\nask group 998 ledger\n')
  })
})

describe('what a host does not answer', () => {
  test('of one database leaves the others seen', async () => {
    answers.database = (name) => {
      if (name === 'postgres') throw refused('POSTGRES_AUTH_FAILED')
      return { parity: databaseParityOf() }
    }
    const { databases } = await read()
    expect(databases.map(({ name, found }) => [name, found.seen])).toEqual([
      ['ledger', true],
      ['postgres', false],
      ['template1', true],
    ])
    expect(open.now).toBe(0)
  })

  test('of the standby’s server leaves what it must supply unknown', async () => {
    doors.standby.onOpen = async () => {
      throw refused('POSTGRES_DOWN')
    }
    const facts = await read()
    expect(facts.standby.server).toMatchObject({ seen: false, why: { code: 'POSTGRES_DOWN' } })
    expect(facts.supplies).toMatchObject({
      seen: false,
      why: { message: expect.stringContaining('Not looked at') },
    })
    expect(facts.primary.server.seen).toBe(true)
  })

  test('because its server was not seen before is not asked again', async () => {
    const why = { code: 'POSTGRES_DOWN', message: 'It does not run.', fix: 'Start it.' }
    const facts = await read(undefined, { standby: hostFactsOf('beta', { server: { seen: false, why } }) })
    expect(facts.standby.server.seen).toBe(false)
    expect(doors.standby.targets).toEqual([])
  })

  test('by a word of its own about a time zone is what is looked for; by silence it is not known', async () => {
    answers.zones = () => {
      throw refused('POSTGRES_QUERY_FAILED')
    }
    expect(answerOf((await read()).unknownZones)).toEqual(['Etc/UTC'])
    answers.zones = () => {
      throw refused('POSTGRES_DOWN')
    }
    expect((await read()).unknownZones.seen).toBe(false)
  })

  test('in another form is unseen, never guessed', async () => {
    answers.supplies = () => [{ supplies: { missingLibraries: 'none' } }]
    doors.standby.onRun = () => 'Last login: yesterday\n'
    const facts = await read()
    expect(facts.supplies).toMatchObject({ seen: false, why: { code: 'POSTGRES_QUERY_FAILED' } })
    expect(facts.standby.machine).toMatchObject({ seen: false, why: { code: 'HOST_COMMAND_FAILED' } })
    expect(facts.owners.standby.seen).toBe(false)
  })
})

test('a pair without a database asks no server, one without files for no owner', async () => {
  const files = await read({ database: false, files: true })
  expect([...doors.primary.targets, ...doors.standby.targets]).toEqual([])
  expect(files.databases).toEqual([])
  expect([files.primary.server.seen, files.supplies.seen, files.owners.primary.seen]).toEqual([
    false,
    false,
    true,
  ])
  const database = await read({ database: true, files: false })
  expect([database.owners.primary.seen, database.supplies.seen]).toEqual([false, true])
})
