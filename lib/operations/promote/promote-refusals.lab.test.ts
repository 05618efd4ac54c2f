import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Plan } from '@/lib/domain/operation'
import type { StoredObservation } from '@/lib/ports/store'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { fenceGround } from '@/test/harness/fence-ground'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'
import { WatchedLab } from '@/test/harness/watched-lab'

const data = '/var/lib/postgresql/15/main'
const systemIdentifier = 'select system_identifier from pg_control_system()'
let lab: Lab
let pair: LabPair
/** The pair as the watch saw it while it was sound. */
let sound: StoredObservation

/** One streaming pair for all: each test but the last two leaves it sound. */
beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab)
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
  const watched = WatchedLab.of(lab, pair)
  await watched.untilState('protected', 60_000)
  sound = watched.latest
  await watched.stopWatching()
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

const failedOf = ({ preflight }: Plan) =>
  preflight
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ id, evidence, fix }) => ({ id, evidence, fix }))

async function whyNotPromoted() {
  const ground = await promoteGround(lab, pair, sound)
  await ground.dispose()
  return failedOf(ground.plan)
}

async function whyNotFenced() {
  const ground = await fenceGround(lab, pair)
  await ground.dispose()
  return failedOf(ground.plan)
}

const says = (evidence: string, fix: string) => ({
  evidence: expect.stringContaining(evidence),
  fix: expect.stringContaining(fix),
})

const untilStreaming = () =>
  awaitFact(
    'a stream',
    async () => (await lab.host(1).sql('select status from pg_stat_wal_receiver')) === 'streaming',
    { timeoutMs: 20_000 },
  )

/** A host’s server begins a timeline of its own, as somebody at its shell would make it. */
async function promoteByHand(host: LabHost): Promise<void> {
  await host.sql('select pg_promote()')
}

test('a sound pair can be promoted', async () => {
  expect(await whyNotPromoted()).toEqual([])
})

test('a primary that our SSH can’t reach but that still serves is not promoted over', async () => {
  const undo = await lab.host(0).dropPort(22)
  pair.doors.drop(pair.hosts.primary.id)
  const ground = await promoteGround(lab, pair)
  await undo()
  await ground.dispose()
  const failed = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
  expect(failed).toEqual(['old-primary'])
})

test('a primary that was away when the promotion was planned, and answers again before it, is not promoted over', async () => {
  const heal = await lab.host(0).cut()
  pair.doors.drop(pair.hosts.primary.id)
  const ground = await promoteGround(lab, pair)
  expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
  await heal()
  await awaitFact(
    'the primary in the standby’s sight',
    async () => (await lab.host(1).tryExec(`pg_isready -q -h ${lab.host(0).address}`)).exitCode === 0,
  )
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  const errors = trial.operations.recorded.flatMap(({ event }) =>
    event.type === 'step.failed' ? [event.error] : [],
  )
  expect(errors[0]).toMatchObject({ code: 'PRECONDITION_FAILED' })
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('t')
  await ground.dispose()
})

test('a standby whose replay was paused by hand is promoted, but goes on first: that is said and planned', async () => {
  const planned = async () => {
    const { plan, dispose } = await promoteGround(lab, pair, sound)
    await dispose()
    return plan
  }
  await lab.host(1).sql('select pg_wal_replay_pause()')
  const paused = await planned()
  expect(failedOf(paused)).toEqual([])
  expect(paused.preflight.find(({ id }) => id === 'replay-running')).toMatchObject({
    outcome: 'warn',
    ...says('is paused', 'everything that was received is applied'),
  })
  expect(paused.steps[0]?.id).toBe('resume-replay')
  await lab.host(1).sql('select pg_wal_replay_resume()')
  expect((await planned()).steps[0]?.id).not.toBe('resume-replay')
})

test('a standby that runs on the data of another server is not promoted', async () => {
  const standby = lab.host(1)
  const [of, was] = [await standby.sql(systemIdentifier), await lab.host(0).sql(systemIdentifier)]
  expect(of).toBe(was)
  await standby.stopPostgres()
  // Its own data from before the create, put aside by it.
  await standby.exec(
    `mv ${data} ${data}.copy && mv ${data}.understudy-* ${data} && touch ${data}/standby.signal`,
    { user: 'postgres' },
  )
  await standby.startPostgres()
  const other = await standby.sql(systemIdentifier)
  expect(await whyNotPromoted()).toEqual([
    { id: 'same-system', ...says(`${other}, the pair’s primary had ${was}.`, 'a copy of another server') },
  ])
  await standby.stopPostgres()
  await standby.exec(`mv ${data} ${data}.other && mv ${data}.copy ${data}`, { user: 'postgres' })
  await standby.startPostgres()
  await untilStreaming()
  expect(await whyNotPromoted()).toEqual([])
})

test('nobody is fenced beside a standby that accepts no writes', async () => {
  expect(await whyNotFenced()).toEqual([
    { id: 'new-primary', ...says('accepts no writes', 'could leave it none') },
    { id: 'former-primary', ...says('which of them was promoted last can’t be told', 'by hand') },
  ])
})

test('a standby that was promoted by hand is not promoted, and the former primary beside it can be fenced', async () => {
  await promoteByHand(lab.host(1))
  expect(await whyNotPromoted()).toEqual([
    { id: 'standby-in-recovery', ...says('accepts writes already', 'There is nothing to promote') },
  ])
  expect(await whyNotFenced()).toEqual([])
})

test('of two primaries that were both promoted neither is fenced as the former one', async () => {
  const former = lab.host(0)
  await former.exec(`touch ${data}/standby.signal`, { user: 'postgres' })
  // Not stopped and started: the application's own restarts pull its server in, and would cancel the stop.
  await former.exec('systemctl restart postgresql@15-main')
  await former.awaitPostgres()
  await promoteByHand(former)
  expect(await whyNotFenced()).toEqual([
    { id: 'former-primary', ...says('is on timeline 2', 'Find out which one the application uses') },
  ])
})
