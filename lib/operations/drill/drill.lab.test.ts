import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LayoutName } from '@/lab/layouts'
import { AppError } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { createGround } from '@/test/harness/create-ground'
import { drillGround, liveDrill, readLeft, readStream } from '@/test/harness/drill-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { differences, readManifest } from '@/test/harness/host-manifest'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

const parentOf: Readonly<Record<LayoutName, string>> = {
  debian: '/var/lib/postgresql/15',
  'soar-unprivileged': '/opt/phantom/data',
}

/** Two hosts that are a pair, both with a tablespace of their own. */
async function openPair(layout: LayoutName): Promise<{ lab: Lab; pair: LabPair }> {
  const lab = await startLab({ layout })
  for (const host of lab.hosts) {
    const { databaseOwner } = host.layout
    await host.exec(`install -d -m 0700 -o ${databaseOwner} -g ${databaseOwner} /srv/fast`)
    await host.sql(`create tablespace fast location '/srv/fast'`, 'postgres')
    await host.sql('create table whose tablespace fast as select n from generate_series(1, 50000) n')
  }
  const pair = await openLabPair(lab)
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
  return { lab, pair }
}

/** A drill whose copying has begun and is slow, with what has been copied by then. */
async function copying(lab: Lab, pair: LabPair) {
  const ground = await drillGround(lab, pair, { rateMegabytes: 1, lagSeconds: 60 })
  const trial = new EngineTrial(ground)
  const controller = new AbortController()
  const life = trial.life(ground.steps, controller)
  await awaitFact(
    'progress of the copy',
    () =>
      trial.operations.recorded.some(
        ({ event }) => event.type === 'step.progressed' && event.progress.doneBytes > 1_000_000,
      ),
    { timeoutMs: 60_000 },
  )
  return { ground, trial, controller, life }
}

describe.each(['debian', 'soar-unprivileged'] as const)('a drill on real hosts, as %s lies', (layout) => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await openPair(layout))
  })
  afterAll(async () => {
    await pair?.close()
    await lab?.down()
  })

  test('passes, and both hosts are what they were, file by file; the standby has not stopped to stream', async () => {
    const [primary, standby] = [lab.host(0), lab.host(1)]
    const before = [
      await readManifest(primary),
      await readManifest(standby),
      await readStream(standby),
    ] as const
    const { state, outcome, drill, plan, last } = await liveDrill(lab, pair)
    expect(plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect([state, outcome, drill.outcome], last).toEqual(['succeeded', 'complete', 'passed'])
    expect(drill.way).toBe('backup')
    expect(drill.recoveryMs).toBeGreaterThan(0)
    expect(drill.checks.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      ...['takes-writes passed', 'tables passed', 'amcheck passed'],
    ])
    expect(differences(before[0], await readManifest(primary))).toEqual([])
    expect(differences(before[1], await readManifest(standby))).toEqual([])
    expect(await readStream(standby)).toBe(before[2])
    expect(await standby.sql(`select to_regclass('understudy.drills')`)).toBe('')
  })

  test('gives way to replay that falls behind, and leaves nothing', async () => {
    const standby = lab.host(1)
    const ground = await drillGround(lab, pair, { lagSeconds: 1, rateMegabytes: 1 })
    await standby.sql('select pg_wal_replay_pause()')
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await standby.sql('select pg_wal_replay_resume()')
    expect(await ground.drill()).toMatchObject({
      outcome: 'gave-way',
      reason: expect.stringMatching(/waited .+ to be replayed; the limit is 1 s\.$/),
    })
    await ground.verifyDone()
    await ground.dispose()
  })

  test('gives way to a stream that breaks off', async () => {
    const { ground, trial, life } = await copying(lab, pair)
    const heal = await lab.host(0).dropPort(5432)
    await lab.host(0).sql(`select pg_terminate_backend(pid) from pg_stat_replication`)
    trial.expect(await life, 'succeeded')
    await heal()
    expect(await ground.drill()).toMatchObject({
      outcome: 'gave-way',
      reason: expect.stringContaining('has received nothing from its primary'),
    })
    expect(await readLeft(lab.host(1))).toBe('')
    await ground.dispose()
    await readStream(lab.host(1))
  })

  test('whose worker is killed while it copies goes on with the next one, which follows the same copying', async () => {
    const { ground, trial, controller, life } = await copying(lab, pair)
    controller.abort(new LeftRunning('killed on purpose'))
    expect(await life).toBe('dead')
    expect(await lab.host(1).exec('pgrep -x pg_basebackup || true')).not.toBe('')
    trial.expect(await trial.life(), 'succeeded')
    const said = trial.operations.recorded.map(({ event }) => event)
    expect(said).toContainEqual(
      expect.objectContaining({ type: 'step.output', line: 'The copying runs already; following it.' }),
    )
    expect(await ground.drill()).toMatchObject({ outcome: 'passed' })
    await ground.verifyDone()
    await ground.dispose()
  })

  test('that is cancelled ends within moments, and undone nothing of it is left', async () => {
    const { ground, trial, controller, life } = await copying(lab, pair)
    const askedAt = performance.now()
    controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
    trial.expect(await life, 'cancelled')
    expect(performance.now() - askedAt).toBeLessThan(10_000)
    await trial.undoOrResume()
    expect(await ground.drill()).toMatchObject({ outcome: 'broken-off', phase: 'taken-back' })
    await ground.dispose()
  })

  test('whose copying is killed on the standby says what happened, and undone nothing of it is left', async () => {
    const { trial, life, ground } = await copying(lab, pair)
    await lab.host(1).exec('pkill -KILL -x pg_basebackup')
    trial.expect(await life, 'failed')
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('removes what one that was closed in the middle has left', async () => {
    const { ground, controller, life } = await copying(lab, pair)
    controller.abort(new LeftRunning('killed on purpose'))
    await life
    await ground.hold.release()
    await ground.dispose()
    expect(await readLeft(lab.host(1))).not.toBe('')
    const { outcome, plan } = await liveDrill(lab, pair)
    expect(plan.steps.map(({ id }) => id)).toContain('remove-leftovers')
    expect(outcome).toBe('complete')
  })

  test('finds an index that does not agree with its own order, by pg_amcheck', async () => {
    await lab
      .host(0)
      .sql(`create function odd_order(int, int) returns int language sql immutable as 'select btint4cmp($1, $2)';
create operator class odd_ops for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >,
  function 1 odd_order(int, int);
create table odd as select n from generate_series(1, 1000) n;
create index odd_index on odd (n odd_ops);
create or replace function odd_order(int, int) returns int language sql immutable as 'select btint4cmp($2, $1)';`)
    const { outcome, drill, said } = await liveDrill(lab, pair)
    await lab.host(0).sql('drop table odd; drop operator class odd_ops using btree; drop function odd_order')
    expect(outcome).toBe('finding')
    expect(drill.checks.filter((check) => check.outcome === 'failed').map(({ id }) => id)).toEqual([
      'amcheck',
    ])
    expect(said.join('\n')).toContain('odd_index')
  })

  test('finds a page that was overwritten on the standby’s disk, and names it', async () => {
    const [primary, standby] = [lab.host(0), lab.host(1)]
    await primary.sql('create table worn as select n from generate_series(1, 1000) n')
    await primary.sql('checkpoint')
    const written = await primary.sql('select pg_current_wal_lsn()')
    await awaitFact(
      'all of it replayed',
      async () => (await standby.sql(`select pg_last_wal_replay_lsn() >= '${written}'`)) === 't',
    )
    const path = await standby.sql(`select pg_relation_filepath('worn')`)
    await standby.sql('checkpoint')
    const data = await standby.sql('show data_directory')
    await standby.exec(`printf 'ZZZZZZZZ' | dd of='${data}/${path}' bs=1 seek=8000 conv=notrunc status=none`)
    const { outcome, drill } = await liveDrill(lab, pair)
    expect(outcome).toBe('finding')
    expect(drill.reason).toMatch(
      new RegExp(`^Page 0 of ${path} on .+ has a wrong checksum: the backup stopped there\\.$`),
    )
    await primary.sql('drop table worn')
  })
})

describe('a standby whose disk gets short', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await openPair('debian'))
    const standby = lab.host(1)
    await standby.stopPostgres()
    await standby.limitDisk(parentOf.debian, 900)
    await standby.startPostgres()
    await readStream(standby)
  })
  afterAll(async () => {
    await pair?.close()
    await lab?.down()
  })

  test('is given way to before it is full', async () => {
    const { ground, trial, life } = await copying(lab, pair)
    const free = Number(await lab.host(1).exec(`df -B1 --output=avail ${parentOf.debian} | tail -n 1`))
    await lab.host(1).exec(`head -c ${free - 150_000_000} /dev/zero >${parentOf.debian}/lab-fill`)
    trial.expect(await life, 'succeeded')
    await lab.host(1).exec(`rm ${parentOf.debian}/lab-fill`)
    expect(await ground.drill()).toMatchObject({
      outcome: 'gave-way',
      reason: expect.stringMatching(
        / are left in \/var\/lib\/postgresql\/15 on .+; a drill leaves 250 MB there\.$/,
      ),
    })
    await ground.verifyDone()
    await ground.dispose()
  })

  test('that has no room to begin with is told before anything is made', async () => {
    await lab.host(1).exec(`head -c 600000000 /dev/zero >${parentOf.debian}/lab-fill`)
    const ground = await drillGround(lab, pair)
    await lab.host(1).exec(`rm ${parentOf.debian}/lab-fill`)
    expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual([
      'drill-room',
    ])
    await ground.dispose()
  })
})

describe('a standby whose file system can share blocks', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    ;({ lab, pair } = await openPair('debian'))
    const standby = lab.host(1)
    await standby.stopPostgres()
    await standby.shareBlocks(parentOf.debian, 1_500)
    await standby.shareBlocks('/srv/fast', 600)
    await standby.startPostgres()
    await readStream(standby)
  })
  afterAll(async () => {
    await pair?.close()
    await lab?.down()
  })

  test('is tried by blocks that are shared, the tablespace too, while rows are written', async () => {
    const before = await readManifest(lab.host(1))
    const { state, outcome, drill, last } = await liveDrill(lab, pair)
    expect([state, outcome, drill.outcome], last).toEqual(['succeeded', 'complete', 'passed'])
    expect(drill.way).toBe('reflink')
    expect(differences(before, await readManifest(lab.host(1)))).toEqual([])
  })

  test('and again after its worker was killed in the middle: what the dead one made is made anew', async () => {
    const ground = await drillGround(lab, pair)
    const trial = new EngineTrial(ground)
    const controller = new AbortController()
    const life = trial.life(ground.steps, controller)
    await awaitFact(
      'a copy that has begun',
      async () => (await lab.host(1).tryExec(`ls -d ${parentOf.debian}/*-drill`)).exitCode === 0,
    )
    controller.abort(new LeftRunning('killed on purpose'))
    expect(['dead', 'succeeded']).toContain(await life)
    if (trial.operations.current().state !== 'succeeded') trial.expect(await trial.life(), 'succeeded')
    expect(await ground.drill()).toMatchObject({ outcome: 'passed', way: 'reflink' })
    await ground.verifyDone()
    await ground.dispose()
  })
})
