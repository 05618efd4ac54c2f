import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

describe('a standby on real hosts', () => {
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

  test('two sound hosts pass the preflight', async () => {
    const ground = await createGround(lab, pair)
    const open = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    // The application’s own database stands on the standby too.
    expect(open.map(({ id }) => id)).toEqual(['standby-data'])
    await ground.dispose()
  })

  test('undone at its very end, both hosts are exactly what they were', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(breaksAt(ground.steps, 'mark-paired')), 'failed')
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('is created while rows are being written', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    const secrets = await lab.host(1).exec('cat /var/lib/understudy/ledger/replication.pgpass')
    const password = secrets.trim().split(':').at(-1) ?? ''
    expect(password).not.toBe('')
    expect(JSON.stringify([ground.plan, trial.operations.recorded])).not.toContain(password)
    expect(await lab.host(0).exec('cat /var/log/postgresql/*.log')).not.toContain(password)
    await ground.dispose()
  })
})
