import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { OperationId } from '@/lib/domain/operation'
import type { Pair, PairSettings } from '@/lib/domain/pair'
import type { PlanView } from '@/lib/domain/views'
import { askOfOperation } from '@/lib/services/operations/ask-of-operation'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { readTraces } from '@/test/harness/create-ground'
import { LabDashboard, vault } from '@/test/harness/lab-dashboard'

const slug = 'ledger'
const extra = {
  id: 'extra',
  title: 'Extra',
  path: '/srv/extra',
  log: 'rsync_extra.log',
  schedule: '*/7 * * * *',
}
let lab: Lab
let dashboard: LabDashboard

const findPair = async (): Promise<Pair> => {
  const pair = await dashboard.wiring.store.pairs.findBySlug(slug)
  if (!pair) throw new Error('there is no pair')
  return pair
}
const verdictNow = async () =>
  (await dashboard.wiring.store.observations.latest((await findPair()).id))?.verdict ?? null
const untilIdle = () =>
  awaitFact(
    'a look at the idle pair',
    async () => !['working', undefined].includes((await verdictNow())?.state),
    { timeoutMs: 30_000 },
  )
const ended = (id: OperationId) => dashboard.endOf(id)

beforeAll(async () => {
  lab = await startLab()
  for (const host of lab.hosts)
    await host.exec(`install -d ${extra.path} && echo ${host.name} >${extra.path}/mine`)
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
  await dashboard.createPair(lab)
}, 180_000)
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

async function plan(change: Partial<PairSettings>, scope: Partial<Pair['scope']> = {}) {
  await untilIdle()
  const pair = await findPair()
  const options = {
    scope: { ...pair.scope, packages: false, ...scope },
    settings: { ...pair.settings, ...change },
  }
  const given = { operation: 'change-settings', slug, options }
  return { given, view: await planPairOperation(dashboard.verbs, given) }
}

async function start({ given, view }: { given: object; view: PlanView }): Promise<OperationId> {
  expect(view.checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
  const { operationId } = await startPairOperation(dashboard.verbs, {
    ...given,
    shown: view.shown,
    reason: 'It is wanted so.',
    idempotencyKey: crypto.randomUUID(),
  })
  return operationId
}

const cron = () => lab.host(1).exec(`cat /etc/cron.d/understudy-${slug}`)

test('retention, a slot, a schedule and a directory more: the pair streams on, and both hosts have it', async () => {
  const view = await plan({
    walKeepSegments: 64,
    slotWalSegments: 128,
    directories: [{ ...vault, schedule: '*/2 * * * *' }, extra],
  })
  const record = view.view.plan.steps.at(-1)
  expect(record?.preview).toEqual([
    {
      kind: 'file',
      path: 'Settings of ledger',
      diff: expect.stringContaining(
        '-WAL kept for a standby that is away: 32 segments\n+WAL kept for a standby that is away: 64 segments\n',
      ),
    },
  ])
  const started = await lab.host(1).sql('select pg_postmaster_start_time()')
  expect(await ended(await start(view))).toEqual({ type: 'operation.succeeded' })
  expect(await lab.host(0).sql('show wal_keep_size')).toBe('1GB')
  expect(await lab.host(0).sql('show max_slot_wal_keep_size')).toBe('2GB')
  expect(await lab.host(0).sql('select slot_name, active from pg_replication_slots')).toBe(
    'understudy_ledger|t',
  )
  expect(await lab.host(1).sql('select pg_postmaster_start_time()')).toBe(started)
  expect(await lab.host(1).exec(`cat ${extra.path}/mine`)).toBe(lab.host(0).name)
  expect(await lab.host(1).exec(`cat ${extra.path}.understudy-*/mine`)).toBe(lab.host(1).name)
  expect(await cron()).toMatch(/^\*\/2 .* vault$/m)
  expect(await cron()).toMatch(/^\*\/7 .* extra$/m)
  expect((await findPair()).settings).toMatchObject({ walKeepSegments: 64, slotWalSegments: 128 })
  await awaitFact('protected', async () => (await verdictNow())?.state === 'protected', { timeoutMs: 60_000 })
}, 120_000)

test('the directory and the slot go again: what was copied stays, and nothing holds WAL back', async () => {
  const id = await start(await plan({ slotWalSegments: null, directories: [vault] }))
  expect(await ended(id)).toEqual({ type: 'operation.succeeded' })
  expect(await lab.host(0).sql('select count(*) from pg_replication_slots')).toBe('0')
  expect(await lab.host(1).sql('select status, slot_name is null from pg_stat_wal_receiver')).toBe(
    'streaming|t',
  )
  expect(await lab.host(1).exec(`cat ${extra.path}/mine`)).toBe(lab.host(0).name)
  expect(await cron()).not.toContain('extra')
  expect(await lab.host(1).exec(`cat /etc/understudy/${slug}/directories/*.conf`)).not.toContain(extra.path)
  expect(await lab.host(0).exec(`cat /etc/understudy/${slug}/send`)).not.toContain(extra.path)
}, 120_000)

test('a change that fails is undone to what was, on both hosts and in the record', async () => {
  const traces = await Promise.all(lab.hosts.map(readTraces))
  const before = await findPair()
  const view = await plan({ walKeepSegments: 48, slotWalSegments: 64, directories: [vault, extra] })
  // It was there when this was planned and begun, and is gone when its worker comes to it.
  await dashboard.killWorkers()
  const id = await start(view)
  await lab.host(0).exec(`mv ${extra.path} ${extra.path}.gone`)
  await dashboard.startWorker()
  expect(await ended(id)).toMatchObject({
    type: 'operation.failed',
    error: { message: expect.stringContaining(`${extra.path} is not there on`) },
  })
  await askOfOperation(dashboard.verbs, { operationId: id, verb: 'undo', reason: 'It is not wanted.' })
  expect(await ended(id)).toEqual({ type: 'operation.undone' })
  await lab.host(0).exec(`mv ${extra.path}.gone ${extra.path}`)
  expect(await findPair()).toEqual(before)
  expect(await lab.host(0).sql('show wal_keep_size')).toBe('1GB')
  const isOfCopies = (line: string) => /\.understudy-bin|\/understudy\/[^/]+\/runs/.test(line)
  for (const [index, host] of lab.hosts.entries()) {
    const is = (await readTraces(host)).split('\n').filter((line) => !isOfCopies(line))
    expect(is).toEqual(traces[index]?.split('\n').filter((line) => !isOfCopies(line)))
  }
}, 120_000)

test('files are left out and taken in again', async () => {
  expect(await ended(await start(await plan({}, { files: false })))).toEqual({ type: 'operation.succeeded' })
  expect((await lab.host(1).tryExec(`test -e /etc/cron.d/understudy-${slug}`)).exitCode).not.toBe(0)
  expect(await lab.host(0).exec('cat /home/operator/.ssh/authorized_keys')).not.toContain('understudy-send')
  await awaitFact('protected', async () => (await verdictNow())?.state === 'protected', { timeoutMs: 30_000 })
  expect(await ended(await start(await plan({}, { files: true })))).toEqual({ type: 'operation.succeeded' })
  expect(await cron()).toContain(' vault')
  await awaitFact('protected', async () => (await verdictNow())?.state === 'protected', { timeoutMs: 60_000 })
}, 180_000)

test('what needs the pair to be made anew is refused with its reason', async () => {
  const { view } = await plan({}, { database: false })
  expect(view.plan.steps).toEqual([])
  expect(view.checks.find(({ id }) => id === 'settings-changes')).toMatchObject({
    outcome: 'fail',
    fix: expect.stringContaining('unpair the hosts, then create the standby'),
  })
}, 60_000)
