import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Drill } from '@/lib/domain/drill'
import { type DrillOptions, drillOptions } from '@/lib/domain/drill-options'
import type { Plan } from '@/lib/domain/operation'
import { operationOutcome } from '@/lib/domain/operation-state'
import { awaitFact } from '@/lib/operations/await-fact'
import { openDrill } from '@/lib/operations/drill/open-drill'
import { readAndPlanDrill } from '@/lib/operations/drill/read-and-plan'
import type { Profile } from '@/lib/profiles/schema'
import { systemClock } from '@/lib/time'
import { memoryDrills } from '@/test/harness/drills'
import { endedOperations } from '@/test/harness/ended-operations'
import { EngineTrial } from '@/test/harness/engine-trial'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { createInputOf, hostOf, profileOf } from '@/test/harness/operation-facts'
import { OwnDoor } from '@/test/harness/own-door'
import { type OwnServer, type OwnServers, startOwnServers } from '@/test/harness/own-servers'

/** The file system of the test can't share blocks, which is not what is proved here. */
const withoutSharing = (text: string) =>
  text.replaceAll('--reflink=always', '--reflink=auto').replaceAll('how=always', 'how=auto')

let servers: OwnServers
let profile: Profile
const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const pair = {
  id: 'pair-1',
  slug: 'ledger',
  profileId: 'generic-debian',
  scope: { database: true, files: false },
  settings: createInputOf().settings,
  hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
  isPaired: true,
  formerPrimary: 'none' as const,
}
let doors: { primary: OwnDoor; standby: OwnDoor }

const ask = async (server: OwnServer, text: string) => {
  const door = server === servers.primary ? doors.primary : doors.standby
  const { osUser, port } = servers
  const session = await door.database({
    ...{ identity: { as: 'owner' }, database: 'postgres', port, socketDirectory: server.directory, osUser },
  })
  try {
    return await session.query(text)
  } finally {
    await session.close()
  }
}

beforeAll(async () => {
  servers = await startOwnServers()
  doors = {
    primary: new OwnDoor(hosts.primary, servers.as),
    standby: new OwnDoor(hosts.standby, servers.as, withoutSharing),
  }
  const { primary, osUser, port, standby } = servers
  const checks = [
    {
      id: 'entries',
      title: 'All entries are there',
      query: 'select count(*) = 5000 as complete, count(*) as entries from public.entries',
      timeoutSeconds: 30,
    },
  ]
  profile = {
    ...profileOf(),
    postgres: { database: 'postgres', osUser, port, socketDirectory: standby.directory },
    checks,
  }
  await ask(primary, `create tablespace fast location '${primary.tablespace}'`)
  await ask(
    primary,
    `create table public.entries tablespace fast as select n, repeat(md5(n::text), 10) as text from generate_series(1, 5000) n`,
  )
  await ask(primary, 'create table public.other as select generate_series(1, 1000) n')
  servers.addStandby()
  await streaming()
}, 120_000)
afterAll(async () => {
  await doors?.standby.close()
  servers?.stop()
})

/** Which stream the standby has: the same one, as long as nobody has disturbed it. */
async function streaming() {
  const signal = AbortSignal.timeout(30_000)
  return awaitFact({ signal, everyMs: 100 }, async () => {
    const [row] = await ask(
      servers.standby,
      `select r.pid, pg_postmaster_start_time()::text as started from pg_stat_wal_receiver r where r.status = 'streaming'`,
    )
    return row ?? null
  })
}

let count = 0
async function planned(options: Partial<DrillOptions> = {}): Promise<Plan> {
  count += 1
  const operationId = `0000000${count}-0000-4000-8000-000000000000`
  return readAndPlanDrill(
    {
      ...{
        pair,
        profile,
        hosts,
        operationId,
        operation: 'drill',
        shown: null,
        latest: null,
        givingWay: null,
      },
      options: drillOptions.parse(options),
    },
    {
      doorsOf: () => doors,
      clock: systemClock,
      operations: endedOperations as never,
      withHosts: (_ground, _pair, planning) => planning,
    },
  )
}

/** As it would be where the file system can share blocks: there it needs nothing that is not brought along. */
const bySharedBlocks = (plan: Plan): Plan => {
  const facts = structuredClone(plan.facts) as { host: { value: { parents: { sharesBlocks: boolean }[] } } }
  for (const parent of facts.host.value.parents) parent.sharesBlocks = true
  return { ...plan, facts }
}

async function live(plan: Plan, asked = profile) {
  const drills = memoryDrills()
  const ports = {
    doors: { door: ({ id }: { id: string }) => (id === hosts.primary.id ? doors.primary : doors.standby) },
    hosts: { find: async (id: string) => Object.values(hosts).find((host) => host.id === id) ?? null },
    pairs: {
      find: async () => pair,
      update: async () => undefined,
      secret: async () => null,
      setSecret: async () => undefined,
    },
    operations: endedOperations,
    drills,
    dashboard: { identity: async () => 'a test', machine: 'test' },
    profile: () => asked,
    makePassword: () => 'x',
    scramVerifier: () => 'x',
    clock: systemClock,
  }
  const opened = await openDrill(queuedOperation(plan, {}), ports as never)
  const steps = opened.steps
  const whole = { ...plan, steps: steps.map(({ planned }) => planned) }
  const trial = new EngineTrial({
    ...{ plan: whole, steps, context: null, hold: new MemoryHold() },
    verifyInvariants: async () => undefined,
    verifyDone: async () => undefined,
    verifyUndone: async () => undefined,
    dispose: async () => undefined,
  })
  const state = await trial.life()
  const drill = (await drills.find(plan.operationId)) as Drill
  return {
    state,
    drill,
    outcome: operationOutcome(whole, trial.operations.recorded),
    events: trial.operations.recorded.map(({ event }) => event),
  }
}

const namesIn = ({ directory, data, tablespace }: OwnServer) =>
  [directory, data, tablespace].map((path) => readdirSync(path).sort())

test('a copy of a running standby comes up, takes a row, is looked through and removed, and the standby has not noticed', async () => {
  const [before, names] = [await streaming(), namesIn(servers.standby)]
  const plan = await planned()
  const { state, drill, outcome, events } = await live(bySharedBlocks(plan))
  expect([state, outcome], JSON.stringify(events.slice(-4))).toEqual(['succeeded', 'complete'])
  expect(drill.outcome).toBe('passed')
  expect(drill.recoveryMs).toBeGreaterThan(0)
  expect(drill.copy?.bytes).toBeGreaterThan(1_000_000)
  expect(drill.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['takes-writes', 'passed'],
    ['amcheck', 'left-out'],
    ['tables', 'passed'],
    ['profile-entries', 'passed'],
  ])
  expect(drill.checks.at(-1)?.evidence).toBe('entries: 5000')
  expect(await streaming()).toEqual(before)
  expect(namesIn(servers.standby)).toEqual(names)
  const [row] = await ask(
    servers.standby,
    `select pg_is_in_recovery() as recovering, to_regnamespace('understudy') as made`,
  )
  expect(row).toEqual({ recovering: true, made: null })
})

test('a drill gives way to replay that falls behind, and leaves nothing', async () => {
  const [before, names] = [await streaming(), namesIn(servers.standby)]
  const plan = await planned({ lagSeconds: 1 })
  await ask(servers.standby, 'select pg_wal_replay_pause()')
  await ask(servers.primary, 'insert into public.other select generate_series(1, 1000)')
  const { state, drill, outcome } = await live(bySharedBlocks(plan))
  await ask(servers.standby, 'select pg_wal_replay_resume()')
  expect([state, outcome]).toEqual(['succeeded', 'gave-way'])
  expect(drill).toMatchObject({
    outcome: 'gave-way',
    reason: expect.stringMatching(/ of WAL on beta waited .+ to be replayed; the limit is 1 s\.$/),
  })
  expect(namesIn(servers.standby)).toEqual(names)
  expect(await streaming()).toEqual(before)
})

test('a copy made while rows are written and checkpoints taken is whole: every index agrees with its table', async () => {
  const { primary } = servers
  await ask(primary, 'create extension amcheck schema public')
  await ask(primary, 'create table public.busy (id int primary key, text text, hash text unique)')
  const ended = new AbortController()
  const writing = (async () => {
    for (let round = 0; !ended.signal.aborted; round += 1) {
      const rows = `generate_series(${round * 500 + 1}, ${round * 500 + 500}) n`
      await ask(
        primary,
        `insert into public.busy select n, repeat(md5(n::text), 8), md5(n::text) from ${rows}`,
      )
      await ask(primary, `update public.busy set text = text || '.' where id % 7 = ${round % 7}`)
      if (round % 5 === 0) await ask(primary, 'checkpoint')
    }
  })()
  const query = `select count(*) = 2 as sound, (select count(*) from public.busy) as rows from pg_index
where indrelid = 'public.busy'::regclass and public.bt_index_check(indexrelid, true) is not null`
  const asked = { ...profile, checks: [{ id: 'indexes', title: 'Indexes agree', query, timeoutSeconds: 60 }] }
  const { state, drill } = await live(bySharedBlocks(await planned({ lagSeconds: 60 })), asked)
  ended.abort()
  await writing
  expect([state, drill.outcome, drill.reason]).toEqual(['succeeded', 'passed', ''])
  expect(drill.checks.at(-1)).toMatchObject({
    id: 'profile-indexes',
    evidence: expect.stringMatching(/^rows: [1-9]/),
  })
})

test('what the profile asks can’t write to the copy', async () => {
  const plan = await planned()
  const query = 'create table public.made as select true as made'
  const asked = { ...profile, checks: [{ id: 'made', title: 'Writes', query, timeoutSeconds: 5 }] }
  const { drill } = await live(bySharedBlocks(plan), asked)
  expect(drill.checks.at(-1)).toMatchObject({
    id: 'profile-made',
    outcome: 'failed',
    evidence: expect.stringContaining('SQLSTATE 25006'),
  })
})

test('a table of the standby that is damaged on its disk is found and named, and is all that is wrong', async () => {
  const [row] = await ask(servers.standby, `select pg_relation_filepath('public.other') as path`)
  await ask(servers.primary, 'checkpoint')
  await ask(servers.standby, 'checkpoint')
  const file = `${servers.standby.data}/${row?.path}`
  writeFileSync(file, Buffer.concat([Buffer.alloc(8_192, 0x5a), readFileSync(file).subarray(8_192)]))
  const { state, outcome, drill } = await live(bySharedBlocks(await planned()))
  expect([state, outcome]).toEqual(['succeeded', 'finding'])
  expect(drill).toMatchObject({
    outcome: 'failed',
    reason: expect.stringMatching(
      /1 of \d+ tables in \d databases can’t be read: postgres: public\.other: invalid page in block 0/,
    ),
  })
  expect(drill.checks.filter((check) => check.outcome === 'failed').map(({ id }) => id)).toEqual(['tables'])
})
