import { beforeEach, describe, expect, test } from 'vitest'
import { plannedLoss } from '@/lib/domain/plan-facts'
import { AppError } from '@/lib/errors'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'
import { observationOf } from '@/test/harness/observations'
import { hostFactsOf, hostOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { type Answer, ScriptedDoor } from '@/test/harness/scripted-door'
import { aVerdict } from '@/test/harness/store-fixtures'

const identifier = '7400000000000000001'
const machine = 'machine_id=m\nsystem=Debian\narchitecture=x86_64\nsystemd=yes\nclock=1\n'
const data =
  'bin=/usr/lib/postgresql/15/bin\nbasebackup=yes\nwal_link=no\nparent_writable=yes\nstart_conf=auto\nowner=postgres\nunit=postgresql@15-main.service\nserver_log=\n'
const controlOf = (id: string) =>
  `Database system identifier: ${id}\nDatabase cluster state: in production\nLatest checkpoint location: 0/3000060\nLatest checkpoint's TimeLineID: 1\n`
const down = new AppError('POSTGRES_DOWN', 'PostgreSQL on alpha does not run.', { fix: 'Look.' })
const away = new AppError('HOST_UNREACHABLE', 'alpha can’t be reached.', { fix: 'Look.' })

/** A door to a host of the pair whose server answers as this. */
function doorOf(inRecovery: boolean): ScriptedDoor {
  const door = new ScriptedDoor()
  door.onRun = ({ text }) => {
    if (text.includes('machine_id')) return machine
    return text.includes('parent_writable') ? data : ''
  }
  door.onAsk = () => '1\n'
  door.onQuery = () => [{ survey: serverFacts({ inRecovery, systemIdentifier: identifier }) }]
  return door
}

let primary: ScriptedDoor
let standby: ScriptedDoor
beforeEach(() => {
  primary = doorOf(false)
  standby = doorOf(true)
})

/** Answers of the primary’s host while its PostgreSQL is down. */
function primaryAtRest(
  control: Answer,
  fence: Answer = 'running=no\nsignal=\nstart_conf=auto\nenabled=\n',
): void {
  primary.onOpen = async () => {
    throw down
  }
  primary.onRun = ({ text }) => {
    if (text.includes('machine_id')) return machine
    if (text.includes('pg_controldata')) return control
    return ''
  }
  primary.onAsk = ({ text }) => (text.includes('start_conf') ? fence : '1\n')
}
type Given = Parameters<typeof readPromoteFacts>[0]
const read = (latest: Given['latest'] = null, layouts: Given['layouts'] = async () => []) =>
  readPromoteFacts({
    doors: { primary, standby },
    hosts: { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') },
    profile: profileOf(),
    latest,
    layouts,
    clock: { now: () => new Date(0) },
  })

const own = postgresLayoutOf(hostFactsOf('alpha'), { privilege: 'sudo', user: 'operator', home: '/' })
if (!own) throw new Error('a sound host has a layout')
const elsewhere = { ...own, dataDirectory: '/srv/pg/main', port: 6432 }

describe('a primary that answers', () => {
  test('is read as it is, and asked for from the standby’s side too', async () => {
    const facts = await read()
    expect(answerOf(facts.primary.server)?.inRecovery).toBe(false)
    expect(facts).toMatchObject({ primaryAtRest: null, primaryFromStandby: 'accepting' })
    expect(standby.ran.at(-1)?.text).toBe(
      '/usr/lib/postgresql/15/bin/pg_isready -q -t 5 -h 10.7.0.11 -p 5432',
    )
  })
})

describe('a primary whose PostgreSQL is down', () => {
  test('is proved by its data directory, so that it can be fenced where it lies', async () => {
    primaryAtRest(controlOf(identifier))
    expect((await read()).primaryAtRest).toEqual({
      clusterState: 'in production',
      checkpointLsn: '0/3000060',
      startConf: 'auto',
      isRunning: false,
    })
  })

  describe('in another place than the standby’s', () => {
    const only = (place: string) => {
      primaryAtRest(controlOf(identifier))
      const answer = primary.onRun
      primary.onRun = (command) =>
        command.text.includes('pg_controldata') && !command.text.includes(place)
          ? { exitCode: 1, stderr: 'could not open file' }
          : answer(command)
    }

    test('is looked for where it was seen last, and asked for at the port that it had', async () => {
      only('/srv/pg/main')
      const facts = await read(null, async () => [elsewhere])
      expect(facts).toMatchObject({ primaryAtRest: { startConf: 'auto' }, primaryLayout: elsewhere })
      expect(standby.ran.at(-1)?.text).toContain('-p 6432')
    })

    test('is looked for where the standby’s is too, and where it is in neither, the last place is told', async () => {
      only('/var/lib/postgresql/15/main')
      const moved = await read(null, async () => [elsewhere])
      expect(moved.primaryLayout?.dataDirectory).toBe('/var/lib/postgresql/15/main')
      only('/nowhere')
      const gone = await read(null, async () => [elsewhere])
      expect(gone).toMatchObject({ primaryAtRest: null, primaryLayout: elsewhere })
    })
  })

  test('that runs all the same is told', async () => {
    primaryAtRest(controlOf(identifier), 'running=yes\nsignal=\nstart_conf=auto\nenabled=\n')
    expect((await read()).primaryAtRest).toMatchObject({ isRunning: true })
  })

  test.each<[string, Answer]>([
    ['holds the data of another system', controlOf('7')],
    ['holds none', { exitCode: 1, stderr: 'could not open file' }],
    ['answers in another form', 'pg_controldata: not found\n'],
    ['was lost meanwhile', away],
  ])('is not taken for the pair’s where the directory %s', async (_, control) => {
    primaryAtRest(control)
    expect((await read()).primaryAtRest).toBeNull()
  })

  test('is not taken for proved where its start can’t be read', async () => {
    primaryAtRest(controlOf(identifier), 'nothing of the kind\n')
    expect((await read()).primaryAtRest).toBeNull()
  })

  test('is never guessed at by an error of our own: that is thrown', async () => {
    primaryAtRest(new TypeError('broken'))
    await expect(read()).rejects.toThrow(TypeError)
  })
})

describe('a primary whose host is away', () => {
  beforeEach(() => {
    primary.onRun = () => away
    standby.onRun = ({ text }) => {
      if (text.includes('pg_isready')) return { exitCode: 2 }
      return text.includes('machine_id') ? machine : data
    }
  })

  test('is unseen, unproved, and silent to the standby', async () => {
    const facts = await read()
    expect(facts.primary.machine).toMatchObject({ seen: false, why: { code: 'HOST_UNREACHABLE' } })
    expect(facts).toMatchObject({ primaryAtRest: null, primaryFromStandby: 'no-response' })
  })

  test('is known by the identifier with which it was last seen', async () => {
    const observation = observationOf({ primaryServer: { systemIdentifier: '7411' } })
    const { loss } = aVerdict
    const verdict = { ...aVerdict, loss: { ...loss, sentence: 'It would lose 1 kB.' } }
    const facts = await read({ pairId: 'pair-1', observation, verdict })
    expect(facts).toMatchObject({ pinnedIdentifier: '7411', lossSentence: 'It would lose 1 kB.' })
    expect(plannedLoss({ facts: promoteFacts.parse(JSON.parse(JSON.stringify(facts))) })).toEqual({
      ...verdict.loss,
      at: observation.at,
      hasDatabase: true,
    })
  })

  test('is known by what it was before the last look, or by a plan that saw it, else by nothing', async () => {
    const observation = observationOf({ primaryServer: { unseen: 'HOST_TIMED_OUT' } })
    const mark = { at: observation.at, lsn: '0/3000000' }
    const stretch = { systemIdentifier: '7412', timeline: 1, isWritable: true, first: mark, last: mark }
    const witness = { together: null, stretches: { [hostOf('alpha', '10.7.0.11').id]: [stretch] } }
    const latest = { pairId: 'pair-1', observation, verdict: aVerdict, witness }
    expect((await read(latest)).pinnedIdentifier).toBe('7412')
    const planned = { ...elsewhere, systemIdentifier: '7413' }
    expect((await read(null, async () => [planned])).pinnedIdentifier).toBe('7413')
    expect((await read()).pinnedIdentifier).toBeNull()
  })

  test('that was never seen is not known by the standby’s own word, and the loss is said to be unknown', async () => {
    const facts = await read()
    expect(facts.pinnedIdentifier).toBeNull()
    expect(facts.lossSentence).toMatch(/^How much a promotion loses is not known/)
    expect(plannedLoss({ facts })).toBeNull()
  })
})

test('a standby that can’t be read is asked nothing more, and nothing is known of the primary from its side', async () => {
  standby.onOpen = async () => {
    throw down
  }
  const facts = await read()
  expect(facts).toMatchObject({
    primaryFromStandby: 'not-asked',
    primaryAtRest: null,
  })
  expect(standby.ran.some(({ text }) => text.includes('pg_isready'))).toBe(false)
})
