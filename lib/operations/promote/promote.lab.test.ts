import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import type { Hook, Profile } from '@/lib/profiles/schema'
import { alterStep } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { fenceGround } from '@/test/harness/fence-ground'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'
import { WatchedLab } from '@/test/harness/watched-lab'

/** Two hosts that are a pair, streaming. */
async function startPair(): Promise<{ lab: Lab; pair: LabPair }> {
  const lab = await startLab()
  const pair = await openLabPair(lab)
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
  return { lab, pair }
}

/** Hangs until an operator has mended what it waits for. */
const hangingHook: Hook = {
  id: 'announce',
  title: 'Announce the new primary',
  command: 'echo "asked by $UNDERSTUDY_PAIR"; test -e /run/mended || sleep 4321',
  timeoutSeconds: 2,
}

/** The pair by a profile that has this hook too. */
function withHook(pair: LabPair, hook: Hook): LabPair {
  const profile: Profile = { ...pair.profile, hooks: { promoted: [hook] } }
  return { ...pair, profile, ports: { ...pair.ports, profile: () => profile } }
}

/** Rows that the application has written, as the newest of them tells. */
const lastRow = async (lab: Lab, index: number) =>
  Number(await lab.host(index).sql('select max(id) from entries'))

/** Status of the standby's receiver; empty where none runs. */
const receiverOf = (lab: Lab) => lab.host(1).sql('select status from pg_stat_wal_receiver')

describe('with the primary alive', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await startPair())
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('a failure before the promotion is undone: the old primary writes again', async () => {
    const ground = await promoteGround(lab, pair)
    const trial = new EngineTrial(ground)
    const broken = ground.steps.map((step) =>
      step.planned.id === 'promote-standby'
        ? alterStep(step, { attemptsMax: 1, check: () => Promise.reject(new Error('broken')) })
        : step,
    )
    trial.expect(await trial.life(broken), 'failed')
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('a stream that broke after the plan stops it before anything is stopped, and once mended it goes on', async () => {
    await awaitFact('the receiver', async () => (await receiverOf(lab)) === 'streaming', {
      timeoutMs: 20_000,
    })
    const ground = await promoteGround(lab, pair)
    await lab.host(0).sql('alter role understudy_repl nologin')
    await lab.host(0).sql('select pg_terminate_backend(pid) from pg_stat_replication')
    await awaitFact('a broken stream', async () => (await receiverOf(lab)) === '')
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'failed')
    expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
      error: { message: expect.stringContaining('stopped receiving WAL') },
    })
    const rows = await lastRow(lab, 0)
    await awaitFact('the primary to write on', async () => (await lastRow(lab, 0)) > rows)
    await lab.host(0).sql('alter role understudy_repl login')
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('it is fenced first, a hook that hangs is ended and run again when resumed, nothing is lost, and it comes back read-only after a reboot', async () => {
    const ground = await promoteGround(lab, withHook(pair, hangingHook))
    expect(ground.plan.acknowledgement).toBe(`promote ${pair.hosts.standby.name} and accept the loss`)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'failed')
    expect(trial.operations.recorded.map(({ event }) => ('line' in event ? event.line : ''))).toEqual(
      expect.arrayContaining(['asked by ledger', 'It did not end within 2 s and was stopped.']),
    )
    expect(await lab.host(1).exec('pgrep -f "[s]leep 4321" || true')).toBe('')
    await ground.verifyDone()
    await lab.host(1).exec('touch /run/mended')
    await trial.ask('resume')
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    const said = trial.operations.recorded.map(({ event }) => ('sentence' in event ? event.sentence : ''))
    expect(said.some((sentence) => sentence.includes('nothing of the database is lost'))).toBe(true)
    expect(pair.pairs.current.formerPrimary).toBe('fenced')

    await lab.host(0).powerOff()
    await lab.host(0).boot()
    const running = () => lab.host(0).tryExec('pg_isready -q')
    expect((await running()).exitCode).toBe(2)
    expect(await lab.host(0).exec('systemctl is-active ledger.service; true')).toBe('inactive')
    await lab.host(0).exec('pg_ctlcluster 15 main start')
    await awaitFact('PostgreSQL started by hand', async () => (await running()).exitCode === 0, {
      timeoutMs: 30_000,
    })
    expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('t')
    await ground.dispose()
  })
})

describe('with the primary dead', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await startPair())
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('the standby is promoted, has every replicated row, and the old one is watched for', async () => {
    const before = await lastRow(lab, 1)
    await lab.host(0).kill()
    const ground = await promoteGround(lab, pair)
    expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(ground.plan.steps.map(({ id }) => id)).not.toContain('fence-primary')
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(pair.pairs.current.formerPrimary).toBe('watched')
    expect(await lastRow(lab, 1)).toBeGreaterThanOrEqual(before)
    await ground.dispose()
  })

  test('when the old one comes back writable it is fenced, stays so through a reboot, and the new primary serves on', async () => {
    await lab.host(0).boot()
    await awaitFact(
      'a second primary',
      async () => (await lab.host(0).tryExec('pg_isready -q')).exitCode === 0,
    )
    await awaitFact('SSH', () => pair.doors.door(pair.hosts.primary).state().state === 'connected')
    const ground = await fenceGround(lab, pair)
    expect(ground.plan.preflight.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
    expect(ground.plan.steps.filter(({ undo }) => undo === 'undo')).toEqual([])
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(pair.pairs.current.formerPrimary).toBe('fenced')
    await ground.dispose()

    await lab.host(0).powerOff()
    await lab.host(0).boot()
    expect((await lab.host(0).tryExec('pg_isready -q')).exitCode).toBe(2)
  })
})

describe('with a stream that was cut before the primary died', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await startPair())
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('the loss that the plan tells is the loss that there is, and what is told stands in its facts', async () => {
    const watched = WatchedLab.of(lab, pair)
    await watched.untilState('protected', 60_000)
    await lab.host(0).dropPort(5432, lab.host(1).address)
    await lab.host(0).sql('create table lost as select generate_series(1, 100000) as id')
    await lab.host(0).exec('systemctl stop ledger')
    const end = await lab.host(0).sql('select pg_current_wal_flush_lsn()')
    const told = () => watched.latest.verdict.loss.database.walBytes ?? 0
    const isSeen = () => {
      const { server } = watched.latest.observation.hosts.primary
      return server.seen && lsnDistanceBytes(String(server.value.currentLsn), end) >= 0
    }
    await awaitFact('the end of what was written', isSeen, { timeoutMs: 20_000 })
    await lab.host(0).kill()
    await watched.untilState('no-primary', 30_000)
    const received = await lab.host(1).sql('select pg_last_wal_receive_lsn()')
    expect(told()).toBeGreaterThan(1_000_000)
    expect(Math.abs(told() - lsnDistanceBytes(end, received))).toBeLessThan(20_000)

    const { latest } = watched
    await watched.stopWatching()
    const ground = await promoteGround(lab, pair, latest)
    expect(ground.plan.facts).toMatchObject({ lossSentence: latest.verdict.loss.sentence })
    expect(ground.plan.warnings[0]).toMatch(
      /^A promotion now would lose at least [\d.]+ MB.* of the database, as the primary was last seen/,
    )
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(await lab.host(1).sql("select to_regclass('lost') is null")).toBe('t')
    await ground.dispose()
  })
})

describe('with the primary’s PostgreSQL killed and its host alive', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await startPair())
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('it is fenced where it lies, and comes up read-only when it is started by hand', async () => {
    await lab.host(0).killPostgres()
    await awaitFact(
      'a dead PostgreSQL',
      async () => (await lab.host(0).tryExec('pg_isready -q')).exitCode === 2,
    )
    const ground = await promoteGround(lab, pair)
    expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(ground.plan.steps.map(({ id }) => id)).toContain('fence-primary')
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(pair.pairs.current.formerPrimary).toBe('fenced')
    await lab.host(0).tryExec('pg_ctlcluster 15 main start')
    await awaitFact(
      'PostgreSQL started by hand',
      async () => (await lab.host(0).tryExec('pg_isready -q')).exitCode === 0,
    )
    expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('t')
    await ground.dispose()
  })
})
