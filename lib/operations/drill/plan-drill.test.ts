import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { drillOptions } from '@/lib/domain/drill-options'
import { isBlocking } from '@/lib/domain/preflight'
import { type DrillFacts, drillFacts } from '@/lib/operations/drill/facts'
import { planDrill } from '@/lib/operations/drill/plan-drill'
import { drillFactsOf, drillHostOf, drillServerOf } from '@/test/harness/drill-facts'
import { createInputOf, hostFactsOf, hostOf, profileOf, serverFacts } from '@/test/harness/operation-facts'
import { planText } from '@/test/harness/plan-text'

const recorded = (name: string) =>
  fileURLToPath(new URL(`../../../test/recorded/plans/${name}`, import.meta.url))
const seen = <T>(value: T) => ({ seen: true as const, value })
const away = {
  seen: false as const,
  why: { code: 'HOST_UNREACHABLE', message: 'beta can’t be reached.', fix: 'Look.' },
}
const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const profile = {
  ...profileOf(),
  checks: [
    {
      id: 'entries',
      title: 'Entries are there',
      query: 'select count(*) > 0 from public.entries',
      timeoutSeconds: 60,
    },
  ],
}
const pair = {
  id: 'pair-1',
  slug: 'ledger',
  profileId: profile.id,
  scope: { database: true, files: true },
  settings: createInputOf().settings,
  hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
  isPaired: true,
  formerPrimary: 'none' as const,
}

function planOf(over: Partial<DrillFacts> = {}) {
  const operationId = 'd1e2f3a4-0000-4000-8000-000000000000'
  return planDrill(
    { operationId, pair, profile, hosts, facts: drillFactsOf(over) },
    new Date('2026-11-23T03:00:00Z'),
  )
}
const outcomesOf = (plan: ReturnType<typeof planOf>) =>
  plan.preflight
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    .map(({ id, outcome }) => `${id} ${outcome}`)

const [parent] = drillHostOf().parents
const fast = { name: 'fast', oid: '16400', location: '/srv/fast', bytes: 5_000_000_000 }
const withTablespace = (sharesBlocks: boolean): Partial<DrillFacts> => ({
  standby: hostFactsOf('beta', {
    server: seen(serverFacts({ inRecovery: true, receiverStatus: 'streaming', tablespacePlaces: [fast] })),
  }),
  host: seen(
    drillHostOf({
      parents: ['/var/lib/postgresql/15', '/srv/fast'].flatMap((path, index) =>
        parent
          ? [{ ...parent, path, device: `${index}`, sharesBlocks, fileSystem: sharesBlocks ? 'xfs' : 'ext4' }]
          : [],
      ),
    }),
  ),
})

describe('the plan of a drill shows every command, statement and file', () => {
  test('of a backup', async () => {
    const plan = planOf()
    expect(outcomesOf(plan)).toEqual([])
    await expect(planText(plan)).toMatchFileSnapshot(recorded('drill-backup.txt'))
  })

  test('of shared blocks, with a tablespace and what an earlier drill left', async () => {
    const given = withTablespace(true)
    const root = '/var/lib/postgresql/15/main.understudy-c0ffee00-drill'
    const left = { root, operationId: 'c0ffee00-0000-4000-8000-000000000000' }
    const host = given.host?.seen ? seen({ ...given.host.value, leftovers: [left] }) : seen(drillHostOf())
    const plan = planOf({ ...given, host })
    expect(outcomesOf(plan)).toEqual(['drill-leftovers warn'])
    await expect(planText(plan)).toMatchFileSnapshot(recorded('drill-reflink.txt'))
  })
})

test('no step acts on the primary, all that is made is taken back, and what is tried may fail', () => {
  for (const plan of [planOf(), planOf(withTablespace(true))]) {
    expect(new Set(plan.steps.map(({ host }) => host))).toEqual(new Set(['standby', 'here']))
    expect(plan.undoesItself).toBe(true)
    expect(plan.steps.filter(({ irreversible }) => irreversible)).toEqual([])
    expect(plan.steps.flatMap(({ id, mayFail }) => (mayFail ? [id] : []))).toEqual([
      ...['make-copy', 'recover-copy', 'check-copy', 'amcheck-copy', 'judge-drill'],
    ])
  }
})

test('a plan keeps its facts through JSON, so that a worker builds the same steps', () => {
  expect(drillFacts.parse(JSON.parse(JSON.stringify(planOf().facts)))).toEqual(planOf().facts)
})

test('a standby that can’t be reached gives a plan without steps, and the one check that says why', () => {
  const plan = planOf({
    standby: hostFactsOf('beta', { machine: away, server: away, data: away, paths: away }),
    host: away,
    server: away,
  })
  expect(plan.steps).toEqual([])
  expect(outcomesOf(plan)).toEqual(['standby-access fail'])
})

test('one tablespace whose file system can’t share blocks has all of it copied as a backup', () => {
  const given = withTablespace(true)
  const parents = given.host?.seen ? given.host.value.parents : []
  const host = seen(
    drillHostOf({ parents: parents.map((each, index) => ({ ...each, sharesBlocks: index === 0 })) }),
  )
  const plan = planOf({ ...given, host })
  expect(plan.steps.find(({ id }) => id === 'make-copy')?.title).toMatch(/backup from the standby/)
  expect(plan.preflight.find(({ id }) => id === 'drill-way')?.evidence).toContain(
    '/srv/fast (xfs) can’t share',
  )
})

const serverWith = (over: Parameters<typeof drillServerOf>[0]): Partial<DrillFacts> => ({
  server: seen(drillServerOf(over)),
})
const hostWith = (over: Parameters<typeof drillHostOf>[0]): Partial<DrillFacts> => ({
  host: seen(drillHostOf(over)),
})
const optionsWith = (over: object): Partial<DrillFacts> => ({ options: drillOptions.parse(over) })
const inPlace = (over: object) => hostWith({ parents: parent ? [{ ...parent, ...over }] : [] })

describe('the checks of a drill', () => {
  test.each<[string, Partial<DrillFacts>, string]>([
    ['the standby receives nothing', serverWith({ isStreaming: false }), 'standby-follows fail'],
    ['its replay is paused', serverWith({ replayPaused: true }), 'standby-follows fail'],
    ['much waits to be replayed', serverWith({ waitingBytes: 40_000_000 }), 'standby-follows warn'],
    ['the limit is above the pair’s own', optionsWith({ lagSeconds: 300 }), 'drill-limit warn'],
    ['PostgreSQL’s owner can’t write there', inPlace({ isWritable: false }), 'drill-place fail'],
    [
      'the path is too long for a socket',
      optionsWith({ directory: `/srv/${'x'.repeat(80)}` }),
      'drill-place fail',
    ],
    ['it would lie in the data itself', inPlace({ isInData: true }), 'drill-place fail'],
    [
      'there is no room for all of it',
      inPlace({ freeBytes: 260_000_000, sizeBytes: 1e9 }),
      'drill-room fail',
    ],
    ['so little would be left that the pair is degraded', inPlace({ freeBytes: 49e9 }), 'drill-room fail'],
    ['the owner may not replicate', hostWith({ mayReplicate: false }), 'drill-grants fail'],
    ['that can’t be tried', hostWith({ mayReplicate: null }), 'drill-grants warn'],
    ['no WAL sender is free', serverWith({ freeSenders: 1 }), 'drill-grants fail'],
    ['no slot is free', serverWith({ freeSlots: 0 }), 'drill-grants fail'],
    ['a standby archives too', serverWith({ archiveMode: 'always' }), 'drill-grants warn'],
    ['the host has much to do', hostWith({ load: 9 }), 'drill-load warn'],
    ['its memory is short', hostWith({ memoryBytes: 100_000_000 }), 'drill-load warn'],
  ])('where %s, say so', (_, over, expected) => {
    const plan = planOf(over)
    expect(outcomesOf(plan)).toEqual([expected])
    expect(isBlocking(plan.preflight)).toBe(expected.endsWith('fail'))
    for (const { outcome, fix } of plan.preflight)
      if (outcome === 'fail' || outcome === 'warn') expect(fix).not.toBe('')
  })

  test('where blocks are shared, little room is enough, and neither senders nor their access are asked for', () => {
    const place = { sharesBlocks: true, fileSystem: 'xfs', freeBytes: 260_000_000, sizeBytes: 1e9 }
    const host = seen(drillHostOf({ parents: parent ? [{ ...parent, ...place }] : [], mayReplicate: false }))
    expect(outcomesOf(planOf({ host, ...serverWith({ freeSenders: 0 }) }))).toEqual([])
  })

  test.each<[string, Partial<DrillFacts>]>([
    ['it was chosen', optionsWith({ amcheckMinutes: 0 })],
    ['it is not installed', hostWith({ hasAmcheck: false })],
    ['its extension is not', serverWith({ hasAmcheckExtension: false })],
    ['nothing would end it in time', hostWith({ hasTimeout: false })],
  ])('pg_amcheck is left out where %s, and the plan says why', (_, over) => {
    const plan = planOf(over)
    expect(outcomesOf(plan)).toEqual([])
    expect(plan.preflight.find(({ id }) => id === 'drill-amcheck')?.outcome).toBe('not-applicable')
    expect(plan.steps.map(({ id }) => id)).not.toContain('amcheck-copy')
    expect(JSON.stringify(plan.steps.find(({ id }) => id === 'check-copy')?.preview)).toContain('pg_amcheck')
  })
})
