import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { AppError } from '@/lib/errors'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

describe('what goes wrong while a standby is created', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    lab = await startLab()
    pair = await openLabPair(lab)
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  async function startTrial() {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    const events = () => trial.operations.recorded.map(({ event }) => event)
    const copying = () =>
      awaitFact(
        'progress of the copy',
        () =>
          events().some((event) => event.type === 'step.progressed' && event.progress.doneBytes > 1_000_000),
        { timeoutMs: 60_000 },
      )
    const said = () => events().flatMap((event) => (event.type === 'step.output' ? [event.line] : []))
    const errors = () => events().flatMap((event) => (event.type === 'step.failed' ? [event.error] : []))
    return { ground, trial, copying, said, errors }
  }
  const jobsOnStandby = () => lab.host(1).exec('pgrep -x pg_basebackup || true')

  test('the worker dies during the copy: the copy goes on, and the next worker follows it to the end', async () => {
    const { ground, trial, copying, said } = await startTrial()
    const undoSlow = await lab.host(1).slowLink(16_000)
    const controller = new AbortController()
    const life = trial.life(ground.steps, controller)
    await copying()
    controller.abort(new LeftRunning('killed on purpose'))
    expect(await life).toBe('dead')
    expect(await jobsOnStandby()).not.toBe('')
    const next = trial.life()
    await awaitFact(
      'the copy being followed',
      () => said().includes('The copy is running already; following it.'),
      {
        timeoutMs: 30_000,
      },
    )
    await undoSlow()
    trial.expect(await next, 'succeeded')
    await ground.verifyDone()
    await takeBack(ground)
  })

  test('the cable is cut during the copy: it ends in a sentence, the old data stands, and resume ends well', async () => {
    const { ground, trial, copying, errors } = await startTrial()
    const undoSlow = await lab.host(1).slowLink(16_000)
    const life = trial.life()
    await copying()
    const heal = await lab.host(1).cut()
    trial.expect(await life, 'failed')
    await heal()
    await undoSlow()
    const [error] = errors()
    expect(error?.message).toContain(lab.host(1).name)
    expect(error?.fix).not.toBe('')
    expect(await lab.host(1).sql('select count(*) > 0 from entries')).toBe('t')
    await trial.ask('resume')
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await takeBack(ground)
  })

  test('the copy is killed on its host: it ends in a sentence, and undo leaves nothing behind', async () => {
    const { trial, copying, errors, ground } = await startTrial()
    const undoSlow = await lab.host(1).slowLink(16_000)
    const life = trial.life()
    await copying()
    await lab.host(1).exec('pkill -KILL -x pg_basebackup')
    trial.expect(await life, 'failed')
    await undoSlow()
    expect(errors()[0]?.message).toMatch(/^The base backup on .* (ended with exit code \d+|is gone)/)
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('cancelled during the copy: the copy ends on its host, and undo leaves nothing behind', async () => {
    const { trial, copying, ground } = await startTrial()
    const undoSlow = await lab.host(1).slowLink(16_000)
    const controller = new AbortController()
    const life = trial.life(ground.steps, controller)
    await copying()
    const askedAt = performance.now()
    controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
    trial.expect(await life, 'cancelled')
    expect(performance.now() - askedAt).toBeLessThan(10_000)
    await undoSlow()
    expect(await jobsOnStandby()).toBe('')
    await trial.undoOrResume()
    await ground.dispose()
  })

  /** Brings the hosts of a finished operation back, step by step in reverse, for the next test. */
  async function takeBack(ground: Awaited<ReturnType<typeof createGround>>): Promise<void> {
    const io = {
      signal: new AbortController().signal,
      attempt: 1,
      output: () => undefined,
      progress: () => undefined,
    }
    for (const step of [...ground.steps].reverse()) await step.undo?.(null, io)
    await ground.verifyUndone()
    await ground.dispose()
  }
})

describe('a disk that fills up', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    lab = await startLab()
    pair = await openLabPair(lab)
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('the copy ends in a sentence that says so, and undo leaves nothing behind', async () => {
    await lab.host(1).stopPostgres()
    await lab.host(1).limitDisk('/var/lib/postgresql/15', 80)
    await lab.host(1).startPostgres()
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'failed')
    const errors = trial.operations.recorded.flatMap(({ event }) =>
      event.type === 'step.failed' ? [event.error] : [],
    )
    expect(errors[0]?.code).toBe('HOST_DISK_FULL')
    await trial.undoOrResume()
    await ground.dispose()
  })
})
