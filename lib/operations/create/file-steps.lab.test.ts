import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { Step } from '@/lib/operations/engine/step'
import { alterStep } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

/** The same steps, but one of them fails before it has done anything. */
const failingAt = (steps: readonly Step<null>[], id: string) =>
  steps.map((step) =>
    step.planned.id === id
      ? alterStep(step, { attemptsMax: 1, check: () => Promise.reject(new Error('broken')) })
      : step,
  )

describe('a standby with its directories', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    lab = await startLab()
    pair = await openLabPair(lab)
    pair.pairs.current = { ...pair.pairs.current, scope: { database: true, files: true } }
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('is undone at the very end to exactly what was before: keys, marks, directories, schedule', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(failingAt(ground.steps, 'mark-paired')), 'failed')
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('is told what is wrong when the cable is cut during the first copy, and ends well when resumed', async () => {
    await lab
      .host(0)
      .exec(
        'mkdir -p /srv/ledger/vault/large && head -c 60000000 /dev/urandom > /srv/ledger/vault/large/file && chown -R ledger: /srv/ledger/vault/large',
      )
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    const slow = await lab.host(0).slowLink(20_000)
    const life = trial.life()
    const isUnderWay = () =>
      trial.operations.recorded.some(
        ({ event }) =>
          event.type === 'step.progressed' &&
          event.stepId === 'first-copy' &&
          event.progress.doneBytes > 5_000_000,
      )
    await awaitFact('the large file on its way', isUnderWay, { timeoutMs: 200_000 })
    const heal = await lab.host(0).dropPort(22, lab.host(1).address)
    trial.expect(await life, 'failed')
    await heal()
    await slow()
    const failure = trial.operations.recorded.find(({ event }) => event.type === 'step.failed')?.event
    expect(failure).toMatchObject({
      stepId: 'first-copy',
      error: { message: expect.stringContaining('Vault (/srv/ledger/vault) could not be copied') },
    })
    await trial.ask('resume')
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(await lab.host(1).exec('cat /var/log/ledger/rsync_etc.log')).toContain('etc: ok')
    await ground.dispose()
  })
})
