import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { OperationId, OperationKind } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import type { PausePart } from '@/lib/domain/pause'
import type { PairState } from '@/lib/domain/states'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { LabDashboard } from '@/test/harness/lab-dashboard'

const slug = 'ledger'
const cronFile = `/etc/cron.d/understudy-${slug}`
let lab: Lab
let dashboard: LabDashboard

const findPair = async (): Promise<Pair> => {
  const pair = await dashboard.wiring.store.pairs.findBySlug(slug)
  if (!pair) throw new Error('there is no pair')
  return pair
}
const verdictNow = async () =>
  (await dashboard.wiring.store.observations.latest((await findPair()).id))?.verdict ?? null
const untilState = (state: PairState) =>
  awaitFact(state, async () => (await verdictNow())?.state === state, { timeoutMs: 40_000 })
/** The watch has seen that no operation runs any more. */
const untilIdle = () =>
  awaitFact('a look at the idle pair', async () => ((await verdictNow())?.state ?? 'working') !== 'working')
const lastOf = async (kind: OperationKind) =>
  (await dashboard.wiring.store.operations.listOfPair((await findPair()).id, 50)).find(
    (operation) => operation.kind === kind,
  ) ?? null
const ended = (id: OperationId) => dashboard.endOf(id)

/** What the standby itself says. */
const isReplayPaused = async () => (await lab.host(1).sql('select pg_is_wal_replay_paused()')) === 't'
const isScheduled = async () => (await lab.host(1).tryExec(`test -e ${cronFile}`)).exitCode === 0

beforeAll(async () => {
  lab = await startLab()
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
  await dashboard.createPair(lab)
}, 180_000)
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

async function pause(what: readonly PausePart[]): Promise<OperationId> {
  const given = {
    operation: 'pause',
    slug,
    options: { what, until: new Date(Date.now() + 120_000).toISOString() },
  }
  await untilIdle()
  const { shown, checks } = await planPairOperation(dashboard.verbs, given)
  expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
  const { operationId } = await startPairOperation(dashboard.verbs, {
    ...given,
    shown,
    reason: 'Disks are swapped.',
    idempotencyKey: crypto.randomUUID(),
  })
  expect(await ended(operationId)).toEqual({ type: 'operation.succeeded' })
  return operationId
}

/** As if the time until its end had passed but for so many milliseconds. */
async function endIn(ms: number): Promise<void> {
  const { id, pause: now } = await findPair()
  if (!now) throw new Error('nothing is paused')
  const until = new Date(Date.now() + ms).toISOString()
  await dashboard.wiring.store.pairs.update(id, { pause: { ...now, until } })
}

async function untilEndedByItself(after: OperationId | undefined): Promise<OperationId> {
  const resume = await awaitFact(
    'the end of the pause',
    async () => {
      const last = await lastOf('resume')
      return last && last.id !== after ? last : null
    },
    { timeoutMs: 60_000 },
  )
  expect(resume).toMatchObject({ startedBy: 'Understudy', reason: 'The time of the pause is over.' })
  expect(await ended(resume.id)).toEqual({ type: 'operation.succeeded' })
  expect(await isReplayPaused()).toBe(false)
  expect(await isScheduled()).toBe(true)
  expect((await findPair()).pause).toBeUndefined()
  return resume.id
}

let lastResume: OperationId | undefined

describe('what is paused stands still on the host, and the worker ends it by itself', () => {
  test('at the given time, which is in the audit', async () => {
    await untilState('protected')
    await pause(['sync', 'replay'])
    expect(await isReplayPaused()).toBe(true)
    expect(await isScheduled()).toBe(false)
    const before = await lab.host(1).sql('select pg_last_wal_replay_lsn()')
    await awaitFact('the verdict', async () => (await verdictNow())?.isReplayPaused === true)
    const verdict = await verdictNow()
    expect(verdict).toMatchObject({ state: 'degraded', nextAction: { action: 'resume' } })
    expect(verdict?.reasons).toEqual([
      expect.stringMatching(/^Replay and file sync are paused by ada until .+ UTC: Disks are swapped\.$/),
    ])
    expect(verdict?.readyForFailover).toEqual({ ready: true })
    expect(await lab.host(1).sql('select pg_last_wal_replay_lsn()')).toBe(before)
    expect(await lab.host(1).sql('select status from pg_stat_wal_receiver')).toBe('streaming')
    await endIn(2_000)
    lastResume = await untilEndedByItself(lastResume)
    const rows = await dashboard.wiring.store.audit.list({ limit: 50 })
    expect(rows).toContainEqual(
      expect.objectContaining({ action: 'pair.resume', actor: 'Understudy', outcome: 'done' }),
    )
    expect(await lab.host(1).exec('cat /var/log/ledger/warm_standby.log')).toMatch(
      /== resume of ledger: succeeded/,
    )
    await untilState('protected')
  }, 120_000)

  test('also where no worker lived at that time', async () => {
    await pause(['sync', 'replay'])
    await dashboard.killWorkers()
    await endIn(-3_600_000)
    expect(await isReplayPaused()).toBe(true)
    await dashboard.startWorker()
    lastResume = await untilEndedByItself(lastResume)
  }, 120_000)

  test('where the standby is away, as soon as it answers', async () => {
    await pause(['sync'])
    await lab.host(1).cut()
    await endIn(0)
    await untilState('disconnected')
    expect((await lastOf('resume'))?.id).toBe(lastResume)
    await lab.host(1).heal()
    lastResume = await untilEndedByItself(lastResume)
  }, 120_000)
})

test('a pause is ended by an operator, and another one over it sets a new end', async () => {
  await pause(['replay'])
  await pause(['sync'])
  expect((await findPair()).pause).toMatchObject({ what: ['sync', 'replay'] })
  await untilIdle()
  const { operationId } = await startPairOperation(dashboard.verbs, {
    operation: 'resume',
    slug,
    reason: 'The disks are in.',
    idempotencyKey: crypto.randomUUID(),
  })
  expect(await ended(operationId)).toEqual({ type: 'operation.succeeded' })
  expect([await isReplayPaused(), await isScheduled()]).toEqual([false, true])
  lastResume = operationId
}, 120_000)

test('replay that somebody paused by hand is shown and resumed', async () => {
  await untilIdle()
  await lab.host(1).sql('select pg_wal_replay_pause()')
  await awaitFact('the verdict', async () => (await verdictNow())?.nextAction.action === 'resume')
  expect((await verdictNow())?.reasons.join()).toContain('is paused, and not by Understudy')
  const { operationId } = await startPairOperation(dashboard.verbs, {
    operation: 'resume',
    slug,
    reason: 'Nobody wants it paused.',
    idempotencyKey: crypto.randomUUID(),
  })
  expect(await ended(operationId)).toEqual({ type: 'operation.succeeded' })
  expect(await isReplayPaused()).toBe(false)
}, 60_000)

test('a standby whose replay is paused is promoted, with everything that it had received', async () => {
  await untilState('protected')
  await pause(['sync', 'replay'])
  const rows = async (index: number) => Number(await lab.host(index).sql('select max(id) from entries'))
  const before = await rows(1)
  const received = async () => lab.host(1).sql('select pg_last_wal_receive_lsn()')
  await awaitFact('rows that are not applied', async () => (await rows(0)) > before + 20)
  const [written, lsn] = [await rows(0), await lab.host(0).sql('select pg_current_wal_lsn()')]
  await awaitFact('their WAL', async () =>
    lab
      .host(1)
      .sql(`select '${await received()}'::pg_lsn >= '${lsn}'::pg_lsn`)
      .then((is) => is === 't'),
  )
  expect(await rows(1)).toBe(before)
  await lab.host(0).kill()
  await untilState('no-primary')
  const { plan } = await planPairOperation(dashboard.verbs, { slug, operation: 'promote' })
  expect(plan.steps[0]?.id).toBe('resume-replay')
  const { operationId } = await startPairOperation(dashboard.verbs, {
    operation: 'promote',
    slug,
    acknowledgement: plan.acknowledgement,
    reason: 'The primary is lost.',
    idempotencyKey: crypto.randomUUID(),
  })
  expect(await ended(operationId)).toEqual({ type: 'operation.succeeded' })
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  expect(await rows(1)).toBeGreaterThanOrEqual(written)
  expect((await findPair()).pause).toBeUndefined()
  expect(await isScheduled()).toBe(false)
}, 120_000)
